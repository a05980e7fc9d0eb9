#include "job/pass/take_over.h"

#include "job/model/names.h"

namespace job {

Outcome<void> takeOverSchedules(Session& session, PassLock& lock, Configuration& configuration) {
  if (session.settings.operator_schedule != OperatorSchedulePolicy::kSuspend) return {};
  for (const ScheduledBackup& schedule : configuration.active_schedules) {
    if (auto held = lock.confirm(); !held) return held;
    json::Value patch;
    patch["spec"]["suspend"] = true;
    const auto ref = session.object(scheduledBackupType(configuration.group), schedule.name);
    const auto patched =
        session.client.mergePatch(ref, patch, k8s::Subresource::kNone, session.changing());
    // Deleted meanwhile; should its owner make it anew, the next pass suspends it again.
    if (!patched && patched.error().isNotFound()) continue;
    if (!patched) {
      return tl::unexpected(failureOf(patched.error(), "suspend ScheduledBackup " + schedule.name));
    }
    if (session.client.options().dry_run) continue;
    session.log.info("suspended the operator's schedule", {{"scheduledBackup", schedule.name}});
  }
  configuration.active_schedules.clear();
  return {};
}

}  // namespace job
