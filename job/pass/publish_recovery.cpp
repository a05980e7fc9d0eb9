#include "job/pass/publish_recovery.h"

#include "job/decide/recovery_status.h"
#include "job/model/joined.h"
#include "job/pass/write_system_status.h"

namespace job {

Published publishRecovery(Session& session, NooBaaSystem& system, const RecoveryStatus& wanted,
                          const std::function<Outcome<void>(bool changed)>& may_write) {
  const auto wish = system.recovery_snapshot;
  const auto patch_for = [&](const NooBaaSystem& now) -> std::optional<json::Value> {
    if (now.recovery_snapshot != wish) return std::nullopt;
    return recoveryStatusPatch(now.recovery_status, wanted);
  };
  WrittenStatus written =
      writeSystemStatus(session, system, "write the recovery status", patch_for, may_write);
  // No outage: others write all the time.
  if (written.conflicts_without_end) written.failure->code = ExitCode::kIncomplete;
  Published published{.failure = std::move(written.failure), .warnings = {}};
  if (!written.answer) return published;
  system.recovery_status = wanted;
  const std::string dropped = joined(fieldsDropped(wanted, *written.answer));
  if (!dropped.empty()) {
    published.warnings.push_back(
        "the installed NooBaa CRD drops .status.dbStatus.recoveryStatus." + dropped +
        "; it is older than 5.21, so how the recovery stands is shown by recover only");
  }
  return published;
}

}  // namespace job
