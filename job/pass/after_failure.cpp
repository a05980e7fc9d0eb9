#include "job/pass/after_failure.h"

#include "job/pass/describe_backups.h"
#include "job/pass/mark_backup.h"
#include "job/pass/publish_status.h"
#include "job/pass/tell.h"

namespace job {

void afterFailure(Run& run, PassLock& lock, const Configuration& configuration,
                  const Failure& failure) {
  Session& session = run.session;
  if (session.stop.stop_requested() || lock.lost() || failure.code == ExitCode::kUnavailable)
    return;
  if (auto catalogue = readCatalogue(session, configuration.group, configuration.cluster)) {
    const BackupStatus status = describeStatus(run, configuration, *catalogue);
    describeKept(run, decidePrune(configuration, *catalogue, "", session.clock.now()), *catalogue);
    if (auto held = lock.confirm(); !held) return run.warn(held.error().message);
    if (auto made = run.result.backup ? catalogue->find(*run.result.backup) : std::nullopt) {
      run.warn(markUnusable(session, lock, *made));
    }
    if (!isDeferred(session, configuration)) {
      NooBaaSystem system = configuration.system;
      const Published published = publishStatus(session, system, status, mayWrite(lock));
      if (published.failure) run.warn(published.failure->message);
      run.warn(published.warnings);
    }
  } else {
    run.warn("the status was not refreshed: " + catalogue.error().message);
  }
  const bool refused = failure.code == ExitCode::kRefused;
  tell(session, configuration.system, refused ? events::kBackupRefused : events::kBackupFailed,
       failure.message);
}

}  // namespace job
