#include "job/pass/run_pass.h"

#include <optional>
#include <utility>

#include "job/pass/accept_backup.h"
#include "job/pass/after_failure.h"
#include "job/pass/await_completion.h"
#include "job/pass/configure_pass.h"
#include "job/pass/end_dry_run.h"
#include "job/pass/finish_pass.h"
#include "job/pass/make_backup.h"
#include "job/pass/report_fences.h"

namespace job {
namespace {

/// Everything that happens while the lock is held.
Outcome<void> passLocked(Run& run, PassLock& lock, Configuration& configuration) {
  Session& session = run.session;
  std::optional<Started> started;
  for (bool looked_before = false; !started; looked_before = true) {
    if (looked_before) {
      // Whoever else changed things while another Backup was waited for.
      const auto wanted = configurePass(run, configuration);
      if (!wanted) return tl::unexpected(wanted.error());
      if (!*wanted) return {};
    }
    auto looked = startBackup(session, lock, configuration, looked_before);
    if (!looked) return tl::unexpected(looked.error());
    started = *std::move(looked);
  }
  run.warn(started->warnings);
  const std::string& name = started->backup.name;
  run.result.backup = name;
  if (run.dryRun()) return endDryRun(run, configuration, name);

  if (auto completed = awaitCompletion(run, configuration, started->backup); !completed) {
    if (completed.error().code == ExitCode::kBackupFailed) run.result.verdict = Verdict::kFailed;
    return completed;
  }
  auto catalogue = acceptBackup(run, configuration, name);
  if (!catalogue) return tl::unexpected(catalogue.error());
  return finishPass(run, lock, configuration, started->missing_to_finish, *std::move(catalogue));
}

Outcome<void> pass(Run& run) {
  Session& session = run.session;
  Configuration configuration;
  auto wanted = configurePass(run, configuration);
  if (!wanted) return tl::unexpected(wanted.error());
  if (!*wanted) return {};

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
  const bool is_dry_success = done && run.dryRun();
  if (!is_dry_success) reportFences(run, *lock, configuration, done);
  if (done) return {};
  done = tl::unexpected(lock->causeOf(done.error()));
  if (!run.dryRun() && done.error().code != ExitCode::kIncomplete) {
    afterFailure(run, *lock, configuration, done.error());
  }
  return done;
}

}  // namespace

PassResult runPass(Session& session) {
  PassResult result = resultOf(session, "run", [&](PassResult& filled) {
    Run run{session, filled};
    return pass(run);
  });
  const k8s::Client::Counts& counts = session.client.counts();
  session.log.info("pass ended", {{"exitCode", static_cast<std::int64_t>(result.exit_code)},
                                  {"outcome", toString(outcomeOf(result))},
                                  {"requests", counts.requests},
                                  {"watches", counts.watches},
                                  {"retries", counts.retries}});
  return result;
}

}  // namespace job
