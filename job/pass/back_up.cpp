#include "job/pass/back_up.h"

#include <optional>
#include <utility>

#include "job/model/joined.h"
#include "job/pass/accept_backup.h"
#include "job/pass/after_failure.h"
#include "job/pass/await_completion.h"
#include "job/pass/configure_pass.h"
#include "job/pass/create_backup.h"
#include "job/pass/end_dry_run.h"
#include "job/pass/end_without_waiting.h"
#include "job/pass/finish_pass.h"
#include "job/pass/make_backup.h"
#include "job/pass/report_fences.h"

namespace job {
namespace {

/// Everything that happens while the lock is held.
Outcome<void> passLocked(Run& run, PassLock& lock, Configuration& configuration) {
  std::optional<Started> started;
  for (bool looked_before = false; !started; looked_before = true) {
    if (looked_before) {
      // Whoever else changed things while another Backup was waited for.
      const auto wanted = configurePass(run, configuration);
      if (!wanted) return tl::unexpected(wanted.error());
      if (!*wanted) return {};
    }
    auto looked = startBackup(run, lock, configuration, looked_before);
    if (!looked) return tl::unexpected(looked.error());
    started = *std::move(looked);
  }
  run.warn(started->warnings);
  const std::string& name = started->backup.name;
  run.result.backup = name;
  if (run.dryRun()) return endDryRun(run, configuration, name);
  if (!run.request.wait) return endWithoutWaiting(run, configuration, started->backup);

  if (auto completed = awaitCompletion(run, configuration, started->backup); !completed) {
    if (completed.error().code == ExitCode::kBackupFailed) run.result.verdict = Verdict::kFailed;
    return completed;
  }
  auto catalogue = acceptBackup(run, configuration, name);
  if (!catalogue) return tl::unexpected(catalogue.error());
  return finishPass(run, lock, configuration, started->missing_to_finish, *std::move(catalogue));
}

/// A backup on demand does not wait for an operator's schedule to go, but the rest is the
/// operator's.
void sayWhatIsLeftOut(Run& run, const Configuration& configuration, Outcome<void>& done) {
  if (!run.request.on_demand || !isDeferred(run.session, configuration)) return;
  const std::string text = deferredTo(configuration.active_schedules, run.session.cluster(),
                                      "this command prunes nothing and writes no status");
  run.warn(text);
  std::string& reason = done ? run.result.reason : done.error().message;
  reason += (reason.empty() ? "" : "; ") + text;
}

Outcome<void> pass(Run& run) {
  Session& session = run.session;
  Configuration configuration;
  auto wanted = configurePass(run, configuration);
  if (!wanted) return tl::unexpected(wanted.error());
  if (!*wanted) return {};

  if (auto free = refuseTakenName(run, configuration.group); !free) return free;
  auto lock = PassLock::acquire(session, timing::Duration(session.settings.lock_wait));
  if (!lock) return tl::unexpected(lock.error());
  if (lock->waited()) {
    // Another pass, and whoever else, changed things while we waited.
    wanted = configurePass(run, configuration);
    if (!wanted) return tl::unexpected(wanted.error());
    if (!*wanted) return {};
  }
  auto done = passLocked(run, *lock, configuration);
  // Backups were unconfigured while another was waited for: there is nothing to look after.
  if (!configuration.policy) return done;
  const bool goes_on = done && (run.dryRun() || !run.request.wait);
  if (!goes_on) reportFences(run, *lock, configuration, done);
  if (!done) {
    done = tl::unexpected(lock->causeOf(done.error()));
    if (!run.dryRun() && done.error().code != ExitCode::kIncomplete) {
      afterFailure(run, *lock, configuration, done.error());
    }
  }
  sayWhatIsLeftOut(run, configuration, done);
  return done;
}

/// Makes the backup asked for, or takes over the one that stands for it, and finishes as far as it
/// is for us.
PassResult backUp(Session& session, const BackupRequest& request) {
  const char* const command = request.on_demand ? "db-backup" : "run";
  return resultOf(session, command, [&](PassResult& filled) {
    Run run{.session = session, .result = filled, .request = request};
    return pass(run);
  });
}

}  // namespace

PassResult runPass(Session& session) {
  return backUp(session, BackupRequest());
}

PassResult backUpNow(Session& session) {
  const Settings& settings = session.settings;
  return backUp(session, {.on_demand = true,
                          .name = settings.backup_name,
                          .online = settings.online,
                          .hold = settings.hold,
                          .wait = !settings.no_wait});
}

}  // namespace job
