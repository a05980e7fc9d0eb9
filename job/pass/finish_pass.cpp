#include "job/pass/finish_pass.h"

#include <string>

#include "job/model/joined.h"
#include "job/pass/describe_backups.h"
#include "job/pass/mark_backup.h"
#include "job/pass/prune_and_publish.h"
#include "job/pass/tell.h"

namespace job {
namespace {

/// Tells about what was made and pruned.
void tellOfSuccess(Run& run, const Configuration& configuration, const PruneOutcome& pruned) {
  tell(run.session, configuration.system, events::kBackupCompleted,
       "Backup " + *run.result.backup + " is " + std::string(toString(*run.result.verdict)));
  tellOfPruning(run, configuration, pruned);
}

/// Backups are ordered by when CNPG says they ended; one dated ahead displaces newer ones.
void warnOfTheFuture(Run& run, const Catalogue& catalogue) {
  for (const JudgedGroup& judged : catalogue.groups) {
    const auto end = judged.group.endTime().instant();
    if (!end || !liesAhead(*end, run.session.clock.now())) continue;
    run.warn("Backup " + judged.group.name +
             " is dated in the future, so it is kept and not counted; check the clocks");
  }
}

PublishedPruning pruneUnlessDeferred(Run& run, PassLock& lock, const Configuration& configuration,
                                     Catalogue& catalogue) {
  const std::string& made = *run.result.backup;
  if (isDeferred(run.session, configuration)) {
    describeStatus(run, configuration, catalogue);
    describeKept(run, decidePrune(configuration, catalogue, made, run.session.clock.now()),
                 catalogue);
    return {};
  }
  return pruneAndPublish(run, lock, configuration, catalogue,
                         [&](Catalogue& judged, PrunePlan& plan, const Announce& announce) {
                           return prune(run.session, lock, configuration, made, judged, plan,
                                        announce);
                         });
}

}  // namespace

Outcome<void> finishPass(Run& run, PassLock& lock, const Configuration& configuration,
                         const std::vector<Right>& missing_rights, Catalogue catalogue) {
  Session& session = run.session;
  warnOfTheFuture(run, catalogue);
  std::vector<std::string> problems = markBackups(session, lock, catalogue);
  const PublishedPruning done = pruneUnlessDeferred(run, lock, configuration, catalogue);
  problems.insert(problems.end(), done.problems.begin(), done.problems.end());
  if (session.stop.stop_requested()) {
    return tl::unexpected(Failure{
        ExitCode::kInterrupted,
        "stopped after Backup " + *run.result.backup + " was verified; the next pass finishes"});
  }
  for (const Right& right : missing_rights) {
    problems.push_back("the right to " + describe(right, session.name_space) + " is missing");
  }
  tellOfSuccess(run, configuration, done.pruned);
  if (problems.empty()) return {};
  return tl::unexpected(
      Failure{ExitCode::kIncomplete, "the backup is good, but " + joined(problems, "; ")});
}

}  // namespace job
