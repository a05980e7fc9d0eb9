#include "job/pass/describe_backups.h"

#include <algorithm>

#include "job/decide/missed_backup.h"

namespace job {
namespace {

void describeMade(Run& run, const PrunePlan& plan, const Catalogue& catalogue) {
  if (!run.request.on_demand || !run.result.backup) return;
  const std::string& name = *run.result.backup;
  const auto made = catalogue.find(name);
  const auto decision = std::ranges::find(plan.decisions, name, &RetentionDecision::name);
  if (!made || decision == plan.decisions.end()) return;
  run.result.row =
      StatusReport::Row{.group = made->group, .judgement = made->judgement, .retention = *decision};
}

}  // namespace

BackupStatus describeStatus(Run& run, const Configuration& configuration,
                            const Catalogue& catalogue, const std::vector<std::string>& without) {
  run.result.max_snapshots = configuration.policy->max_snapshots;
  BackupStatus status = decideStatus(catalogue.groups, configuration.policy->schedule,
                                     run.session.clock.now(), without);
  run.result.last_backup_time = status.last_backup_time;
  run.result.next_backup_time = status.next_backup_time;
  run.result.overdue = overdueAfter(status.last_backup_time, configuration.policy->schedule);
  run.result.backups = catalogue.verdicts();
  return status;
}

void describeKept(Run& run, const PrunePlan& plan, const Catalogue& catalogue) {
  run.result.held = plan.held;
  run.result.kept = std::count_if(
      catalogue.groups.begin(), catalogue.groups.end(), [&](const JudgedGroup& judged) {
        const bool held =
            std::find(plan.held.begin(), plan.held.end(), judged.group.name) != plan.held.end();
        return !held && isGood(judged.judgement.verdict);
      });
  describeMade(run, plan, catalogue);
}

}  // namespace job
