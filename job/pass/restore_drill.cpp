#include "job/pass/restore_drill.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/time/go_duration.h"
#include "job/decide/drill.h"
#include "job/model/joined.h"
#include "job/model/names.h"
#include "job/pass/await_drill.h"
#include "job/pass/cluster_reader.h"
#include "job/pass/drill_cluster.h"
#include "job/pass/drill_place.h"
#include "job/pass/log_command.h"
#include "job/pass/pass_lock.h"
#include "job/pass/plan_drill.h"
#include "job/pass/result_of.h"
#include "job/pass/tell.h"
#include "job/report/pass_result.h"

namespace job {
namespace {

using Result = DrillComparison::Result;

struct Drill {
  Session& session;
  DrillReport& report;
  std::optional<NooBaaSystem> system = {};  // for Events; a database can be restored without it

  void warn(const std::string& warning) {
    if (std::ranges::find(report.warnings, warning) != report.warnings.end()) return;
    session.log.warn(warning);
    report.warnings.push_back(warning);
  }
  void warn(const std::vector<std::string>& warnings) {
    for (const std::string& warning : warnings) warn(warning);
  }
};

/// Backups outlive the NooBaa CR, and are worth proving then most of all.
Outcome<void> findSystem(Drill& drill) {
  auto system = readSystem(drill.session);
  if (system) {
    drill.system = *std::move(system);
    return {};
  }
  const ExitCode code = system.error().code;
  if (code != ExitCode::kConfiguration && code != ExitCode::kForbidden) {
    return tl::unexpected(system.error());
  }
  drill.warn(system.error().message + "; the drill goes on without Events");
  return {};
}

/// From choosing the backup until the Cluster exists no pass may prune it; from then on the Cluster
/// holds it, by its spec.bootstrap.
Outcome<json::Value> chooseAndCreate(Drill& drill, PassLock& alone, const ClusterFinding& finding,
                                     std::optional<DrillPlan>& plan,
                                     std::optional<DrillCluster>& made) {
  Session& session = drill.session;
  auto lock = PassLock::acquire(session, timing::Duration(session.settings.lock_wait));
  if (!lock) return tl::unexpected(lock.error());
  const auto work = [&]() -> Outcome<json::Value> {
    auto planned = planDrill(session, finding, drill.report.drill, drill.report.backup);
    if (!planned) return tl::unexpected(planned.error());
    plan = *std::move(planned);
    drill.warn(plan->warnings);
    if (auto held = lock->confirm(); !held) return tl::unexpected(held.error());
    if (auto held = alone.confirm(); !held) return tl::unexpected(held.error());
    made.emplace(session, session.object(clusterType(plan->group), drill.report.drill));
    return made->create(plan->cluster);
  };
  auto created = work();
  if (!created) return tl::unexpected(lock->causeOf(created.error()));
  return created;
}

Outcome<void> compare(Drill& drill, const DrillPlan& plan, const AnsweringDrill& answering) {
  std::string not_asked;
  std::optional<ControlData> restored;
  if (auto data = askControlData(drill.session, answering.cluster)) {
    restored = *std::move(data);
  } else if (data.error().code == ExitCode::kInterrupted) {
    return tl::unexpected(data.error());
  } else {
    not_asked = data.error().message;
  }
  drill.report.comparisons =
      compareWithBackup(plan.certificate, systemIdOf(answering.cluster), restored);
  for (const DrillComparison& each : drill.report.comparisons) {
    if (each.result != Result::kUnknown) continue;
    const std::string why = each.expected.empty() ? "the backup does not say it" : not_asked;
    drill.warn("the " + each.what + " was not compared: " +
               (why.empty() ? "the restored database does not say it" : why));
  }
  std::string why = whyNotVerified(drill.report.comparisons, drill.report.backup);
  if (why.empty()) return {};
  return tl::unexpected(Failure{ExitCode::kBackupFailed, std::move(why)});
}

Outcome<void> awaitAndCompare(Drill& drill, const DrillPlan& plan, const DrillCluster& made,
                              const json::Value& created) {
  Session& session = drill.session;
  const timing::Monotonic began = session.clock.monotonic();
  const auto answering = awaitDrill(session, made.ref(), created, plan.data);
  if (!answering) {
    const Failure& why = answering.error();
    if (why.code != ExitCode::kBackupFailed) return tl::unexpected(why);
    return tl::unexpected(
        Failure{why.code, "backup " + plan.backup + " could not be restored: " + why.message});
  }
  drill.report.answered_after = session.clock.monotonic() - began;
  if (plan.volumes_stay && !answering->volumes.empty()) {
    drill.warn("to be deleted by hand, as their reclaimPolicy is Retain: PersistentVolumes " +
               joined(answering->volumes));
  }
  return compare(drill, plan, *answering);
}

/// Whatever came of the drill, its Cluster goes.
Outcome<void> removeAfter(Drill& drill, PassLock& alone, DrillCluster& made, Outcome<void> done) {
  Session& session = drill.session;
  // What ended it may have been the doing of whoever took the Lease over.
  if (auto held = alone.confirmNow(); !held && alone.lost()) {
    made.yieldToAnother();
    return held;
  }
  const timing::Monotonic began = session.clock.monotonic();
  const DrillRemoval removal = made.remove();
  if (removal.was_there) drill.report.removed_after = session.clock.monotonic() - began;
  drill.report.left = removal.left;
  if (removal.left.empty()) return done;
  const std::string what = "not gone yet: " + joined(removal.left) +
                           (removal.problem.empty() ? "" : ": " + removal.problem);
  if (!done) {
    return tl::unexpected(Failure{done.error().code, done.error().message + "; " + what});
  }
  if (session.stop.stop_requested() || alone.lost()) {
    return tl::unexpected(
        Failure{ExitCode::kInterrupted,
                "stopped after backup " + drill.report.backup + " was verified; " + what});
  }
  return tl::unexpected(Failure{ExitCode::kIncomplete,
                                "backup " + drill.report.backup + " is verified, but " + what});
}

/// With the drill's Lease held, or in a dry run.
Outcome<void> conductAlone(Drill& drill, PassLock& alone, const ClusterFinding& finding) {
  Session& session = drill.session;
  const std::string& name = drill.report.drill;
  std::vector<std::string> removed;
  auto cleared = clearDrillPlace(session, alone, finding, name, removed);
  drill.warn(removed);
  if (!cleared) return cleared;

  std::optional<DrillPlan> plan;
  std::optional<DrillCluster> made;
  const auto created = chooseAndCreate(drill, alone, finding, plan, made);
  if (session.client.options().dry_run) {
    return created ? Outcome<void>() : tl::unexpected(created.error());
  }
  Outcome<void> done;
  if (created) {
    session.log.info("drill begun", {{"backup", plan->backup}, {"cluster", name}});
    done = awaitAndCompare(drill, *plan, *made, *created);
  } else {
    done = tl::unexpected(created.error());
  }
  if (!made || !made->wasAskedFor()) return done;
  return removeAfter(drill, alone, *made, std::move(done));
}

Outcome<ClusterFinding> look(Drill& drill) {
  if (auto found = findSystem(drill); !found) return tl::unexpected(found.error());
  return findCluster(drill.session);
}

Outcome<void> conduct(Drill& drill) {
  Session& session = drill.session;
  auto finding = look(drill);
  if (!finding) return tl::unexpected(finding.error());
  drill.report.drill = drillClusterName(session.cluster());
  auto alone =
      PassLock::acquire(session, timing::Duration(session.settings.lock_wait), LockedPart::kDrill);
  if (!alone) return tl::unexpected(alone.error());
  if (alone->waited()) {
    finding = look(drill);
    if (!finding) return tl::unexpected(alone->causeOf(finding.error()));
  }
  auto done = conductAlone(drill, *alone, *finding);
  if (!done) return tl::unexpected(alone->causeOf(done.error()));
  return done;
}

/// What somebody should see on the NooBaa CR: that a backup is proven, or that one is not.
void tellOf(Drill& drill, const Outcome<void>& done) {
  if (!drill.system || drill.report.dry_run || drill.session.stop.stop_requested()) return;
  const DrillReport& report = drill.report;
  if (report.verified()) {
    const auto took = std::chrono::round<std::chrono::seconds>(*report.answered_after);
    tell(drill.session, *drill.system, events::kDrillSucceeded,
         "Backup " + report.backup +
             " was restored in a drill and is verified; PostgreSQL answered "
             "after " +
             timing::formatGoDuration(took));
    return;
  }
  const bool failed = !done && (done.error().code == ExitCode::kBackupFailed ||
                                done.error().code == ExitCode::kTimedOut);
  if (!failed) return;
  tell(drill.session, *drill.system, events::kDrillFailed,
       "Restore drill: " + done.error().message);
}

}  // namespace

DrillReport restoreDrill(Session& session) {
  DrillReport report;
  report.cluster = session.cluster();
  report.dry_run = session.client.options().dry_run;
  const timing::Monotonic began = session.clock.monotonic();
  logBegin(session, "verify");
  Drill drill{session, report};
  const Outcome<void> done = conduct(drill);
  if (!done) {
    report.exit_code = done.error().code;
    report.reason = done.error().message;
  }
  keepServerWarnings(session, report.warnings);
  report.duration = session.clock.monotonic() - began;
  tellOf(drill, done);
  logEnd(session, "verify", report.exit_code, toString(outcomeOf(report.exit_code)),
         report.duration, report.reason);
  return report;
}

}  // namespace job
