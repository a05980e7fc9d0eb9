#include "job/pass/drill_place.h"

#include <chrono>
#include <optional>

#include "common/k8s/call_context.h"
#include "job/decide/drill.h"
#include "job/model/joined.h"
#include "job/model/names.h"
#include "job/pass/drill_cluster.h"
#include "job/pass/recovery_reader.h"

namespace job {
namespace {

using State = ExistingDrill::State;

Outcome<std::optional<ExistingDrill>> lookFor(Session& session, const k8s::ObjectRef& ref) {
  const auto object = session.client.get(ref, session.context());
  if (!object && object.error().isNotFound()) return std::nullopt;
  if (!object) return tl::unexpected(failureOf(object.error(), "read Cluster " + ref.name));
  return std::optional(judgeExistingDrill(*object, session.cluster()));
}

Failure notRemoved(Session& session, const DrillRemoval& removal) {
  if (session.stop.stop_requested()) return {ExitCode::kInterrupted, "stopped before the drill"};
  const std::string what = "what an earlier drill left is not gone: " + joined(removal.left);
  if (!removal.problem.empty()) return {ExitCode::kRefused, what + ": " + removal.problem};
  return {ExitCode::kTimedOut, what};
}

/// The Cluster of an earlier drill, if there is one, in that group.
Outcome<void> clearGroup(Session& session, PassLock& lock, const k8s::ObjectRef& ref,
                         std::vector<std::string>& warnings) {
  const auto existing = lookFor(session, ref);
  if (!existing) return tl::unexpected(existing.error());
  if (!*existing) return {};
  const ExistingDrill& drill = **existing;
  if (drill.state == State::kForeign) {
    return tl::unexpected(Failure{ExitCode::kRefused, drill.words});
  }
  if (session.client.options().dry_run) {
    warnings.push_back("Cluster " + ref.name +
                       " of another drill is there; this one would wait until that has ended, and "
                       "remove what a killed one left");
    return {};
  }
  // Held still, so that what was read is of nobody who came after.
  if (auto held = lock.confirm(); !held) return held;
  const DrillRemoval removal = removeDrill(session, ref, session.cluster(), drill.uid);
  if (!removal.left.empty()) return tl::unexpected(notRemoved(session, removal));
  if (drill.state == State::kAbandoned) {
    warnings.push_back("Cluster " + ref.name + " was left of a drill that was killed; removed");
  }
  return {};
}

/// Claims and pods outlive their Cluster for a while.
Outcome<void> awaitNothingLeft(Session& session, const std::string& name) {
  constexpr std::chrono::seconds kLookAgain{2};
  for (;;) {
    const auto leftovers = readLeftovers(session, name);
    if (!leftovers) return tl::unexpected(leftovers.error());
    if (leftovers->state == Leftovers::State::kGone) return {};
    if (leftovers->state == Leftovers::State::kOrphaned) {
      return tl::unexpected(Failure{ExitCode::kRefused, leftovers->words});
    }
    const timing::Monotonic next = session.clock.monotonic() + kLookAgain;
    if (k8s::pauseUntil(session.clock, next, session.waiting())) continue;
    return tl::unexpected(notRemoved(session, {leftovers->going, ""}));
  }
}

}  // namespace

Outcome<void> clearDrillPlace(Session& session, PassLock& lock, const ClusterFinding& finding,
                              const std::string& name, std::vector<std::string>& warnings) {
  for (const std::string& group : finding.all_groups) {
    auto cleared = clearGroup(session, lock, session.object(clusterType(group), name), warnings);
    // Who has rights in one group alone makes no drill in another.
    const bool is_elsewhere = group != finding.group;
    if (!cleared && is_elsewhere && cleared.error().code == ExitCode::kForbidden) continue;
    if (!cleared) return cleared;
  }
  if (session.client.options().dry_run) return {};
  return awaitNothingLeft(session, name);
}

}  // namespace job
