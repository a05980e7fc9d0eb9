#include "job/pass/finish_pass.h"

#include <optional>
#include <string>

#include "job/model/joined.h"
#include "job/pass/describe_backups.h"
#include "job/pass/mark_backup.h"
#include "job/pass/publish_status.h"
#include "job/pass/tell.h"

namespace job {
namespace {

/// Tells about what was made and pruned.
void tellOfSuccess(Run& run, const Configuration& configuration, const PruneOutcome& pruned) {
  Session& session = run.session;
  tell(session, configuration.system, Severity::kNormal, "BackupCompleted", "Backup",
       "Backup " + *run.result.backup + " is " + std::string(toString(*run.result.verdict)));
  if (!pruned.pruned.empty()) {
    tell(session, configuration.system, Severity::kNormal, "SnapshotPruned", "Prune",
         "Pruned " + joined(pruned.pruned));
  }
  if (!pruned.problems.empty()) {
    tell(session, configuration.system, Severity::kWarning, "PruneFailed", "Prune",
         pruned.problems.front());
  }
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

}  // namespace

Outcome<void> finishPass(Run& run, PassLock& lock, const Configuration& configuration,
                         const std::vector<Right>& missing_rights, Catalogue catalogue) {
  Session& session = run.session;
  warnOfTheFuture(run, catalogue);
  std::vector<std::string> problems = markBackups(session, lock, catalogue);
  NooBaaSystem system = configuration.system;
  const auto publish = [&](const std::vector<std::string>& without) -> std::optional<Failure> {
    const BackupStatus status = describeStatus(run, configuration, catalogue, without);
    Published published = publishStatus(session, system, status, mayWrite(lock));
    run.warn(published.warnings);
    return published.failure;
  };
  // The status stops offering a backup before it goes, as a pass can be cut short anywhere. One
  // that can't be written keeps nothing from going: it is tried again below, and told of.
  const auto announce = [&](const std::vector<std::string>& going) { publish(going); };
  const std::string& made = *run.result.backup;
  PrunePlan plan;
  const PruneOutcome pruned = prune(session, lock, configuration, made, catalogue, plan, announce);
  problems.insert(problems.end(), pruned.problems.begin(), pruned.problems.end());
  run.result.pruned = pruned.pruned;
  run.result.failed_to_prune = pruned.failed;
  describeKept(run, plan, catalogue);

  if (const auto failure = publish({})) problems.push_back(failure->message);
  if (session.stop.stop_requested()) {
    return tl::unexpected(Failure{
        ExitCode::kInterrupted,
        "stopped after Backup " + *run.result.backup + " was verified; the next pass finishes"});
  }
  for (const Right& right : missing_rights) {
    problems.push_back("the right to " + describe(right, session.name_space) + " is missing");
  }
  tellOfSuccess(run, configuration, pruned);
  if (problems.empty()) return {};
  return tl::unexpected(
      Failure{ExitCode::kIncomplete, "the backup is good, but " + joined(problems, "; ")});
}

}  // namespace job
