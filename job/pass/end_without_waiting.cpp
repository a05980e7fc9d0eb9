#include "job/pass/end_without_waiting.h"

#include "job/decide/verdict.h"
#include "job/pass/go_on.h"

namespace job {

Outcome<void> endWithoutWaiting(Run& run, const Configuration& configuration,
                                const Backup& backup) {
  const bool in_flight = backup.progress == BackupProgress::kInFlight;
  run.result.reason =
      "Backup " + backup.name +
      (in_flight ? " is under way and not verified; follow it with: " +
                       followCommand(run.session, configuration, backup) + "; once it has ended,"
                 : " had ended already and is not verified;") +
      " db-backup-status says what it is worth; to have it verified, run the same "
      "command without --no-wait and with --run-id " +
      run.session.run_id;
  const BackupGroup group{.name = backup.name, .backup = backup, .members = {}};
  if (in_flight) {
    run.result.row =
        StatusReport::Row{.group = group,
                          .judgement = judge(group, std::nullopt),
                          .retention = {backup.name, false, RetentionReason::kInFlight}};
  }
  return {};
}

}  // namespace job
