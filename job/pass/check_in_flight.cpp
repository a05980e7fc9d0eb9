#include "job/pass/check_steps.h"

#include <variant>

#include "job/decide/adoption.h"
#include "job/decide/kubectl.h"
#include "job/model/names.h"
#include "job/report/human_age.h"

namespace job {
namespace {

CheckLine lineOfBackupInFlight(const Session& session, const Seen& seen, const Backup& backup) {
  const std::string name = "backups-in-flight";
  const auto begun = backup.begun();
  const timing::Duration age = begun ? session.clock.now() - *begun : timing::Duration::zero();
  const bool ours = isOurs(backup);
  const Start start = decideStart({backup}, session.cluster(), BackupRequest(), session.run_id,
                                  session.clock.now());
  const bool goes_on = std::holds_alternative<AwaitOurs>(start);
  const bool stuck = age > timing::Duration(session.settings.timeout);
  std::string message = "Backup " + backup.name + (ours ? " of ours" : " of somebody else") +
                        (ours && backup.online == true ? ", online" : "") +
                        (ours && backup.held ? ", held" : "") + " is in flight (phase " +
                        backup.phaseInWords() + (begun ? ", for " + humanAge(age) : "") + ")";
  if (stuck) message += ", longer than --timeout";
  message += goes_on ? ": a pass goes on with it" : ": a pass waits for it to end";
  const std::string fix = stuck
                              ? "see why with: " +
                                    kubectl(session.name_space, "describe",
                                            backupType(seen.configuration.group), backup.name) +
                                    "; delete it only if CloudNativePG no longer works on it: the "
                                    "instance it stopped then stays fenced until you lift that"
                              : "";
  if (!goes_on) {
    CheckLine line = CheckLine::fail(name, ExitCode::kBusy, message, fix);
    line.may_pass = true;
    return line;
  }
  return stuck ? CheckLine::warn(name, message, fix) : CheckLine::ok(name, message);
}

}  // namespace

CheckLines checkBackupsInFlight(Session& session, Seen& seen) {
  const std::string name = "backups-in-flight";
  if (!seen.found_group) return {};
  auto backups = listBackups(session, seen.configuration.group);
  if (!backups) return {CheckLine::fail(name, backups.error())};
  seen.in_flight.emplace();
  for (const Backup& backup : *backups) {
    if (backup.cluster == session.cluster() && backup.progress == BackupProgress::kInFlight) {
      seen.in_flight->push_back(backup);
    }
  }
  CheckLines lines;
  for (const Backup& backup : *seen.in_flight) {
    lines.push_back(lineOfBackupInFlight(session, seen, backup));
  }
  if (lines.empty()) lines.push_back(CheckLine::ok(name, "no Backup is in flight"));
  return lines;
}

}  // namespace job
