#include "job/pass/await_completion.h"

#include "common/time/rfc3339.h"
#include "job/decide/kubectl.h"
#include "job/model/names.h"
#include "job/pass/await_backup.h"
#include "job/pass/go_on.h"

namespace job {
namespace {

/// One that outlasts a second pass may never end: its instance is gone, say. Only people can tell.
std::string wayOut(const Session& session, const Configuration& configuration,
                   const Backup& backup) {
  const auto created = backup.created.instant();
  const auto began = session.clock.now() - session.settings.timeout - timing::Duration(kGrace);
  if (!created || *created >= began) return "";
  return "; it was made at " + timing::formatRfc3339(*created) +
         ", and while it lasts there is no other backup: if CloudNativePG no longer works on it, "
         "delete it with: " +
         kubectl(session.name_space, "delete", backupType(configuration.group), backup.name) +
         " (the instance it stopped then stays fenced until you lift that: see check)";
}

}  // namespace

Outcome<void> awaitCompletion(Run& run, const Configuration& configuration, const Backup& backup) {
  const auto awaited = awaitBackup(run.session, configuration.group, backup);
  if (!awaited) return tl::unexpected(awaited.error());
  run.result.fenced = awaited->fenced;
  const std::string name = "Backup " + backup.name;
  switch (awaited->end) {
    case AwaitedBackup::End::kDeleted:
      run.deleted = awaited->last;
      run.deleted->progress = BackupProgress::kFailed;
      run.deleted->error = "it was deleted while it was in flight";
      return tl::unexpected(
          Failure{ExitCode::kBackupFailed, name + " was deleted while it was in flight"});
    case AwaitedBackup::End::kDeadline:
      return tl::unexpected(
          Failure{ExitCode::kTimedOut, name + " did not end within --timeout (phase " +
                                           awaited->last.phaseInWords() + "); it is left alone; " +
                                           howItGoesOn(run, configuration, awaited->last) +
                                           wayOut(run.session, configuration, awaited->last)});
    case AwaitedBackup::End::kStopped:
      return tl::unexpected(
          Failure{ExitCode::kInterrupted, "stopped while " + name +
                                              " is in flight; it goes on by itself; " +
                                              howItGoesOn(run, configuration, awaited->last)});
    case AwaitedBackup::End::kEnded:
      break;
  }
  if (awaited->last.progress == BackupProgress::kCompleted) return {};
  return tl::unexpected(Failure{
      ExitCode::kBackupFailed,
      name + " failed: " +
          (awaited->last.error.empty() ? "phase " + awaited->last.phase : awaited->last.error)});
}

}  // namespace job
