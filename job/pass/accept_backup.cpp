#include "job/pass/accept_backup.h"

#include <utility>

#include "job/pass/verify_backup.h"

namespace job {

Outcome<Catalogue> acceptBackup(Run& run, const Configuration& configuration,
                                const std::string& name) {
  auto verified = verifyBackup(run.session, configuration, name);
  if (!verified) return tl::unexpected(verified.error());
  Catalogue& catalogue = verified->catalogue;
  run.warn(catalogue.warnings);
  const auto judged = catalogue.find(name);
  if (!judged) {
    return tl::unexpected(
        Failure{ExitCode::kBackupFailed,
                "Backup " + name + " and its snapshots are gone; nothing was pruned"});
  }
  const Judgement& judgement = judged->judgement;
  run.result.verdict = judgement.verdict;
  for (const VolumeSnapshot& member : judged->group.members)
    run.result.snapshots.push_back(member.name);
  const std::string verdict(toString(judgement.verdict));
  if (isGood(judgement.verdict)) {
    run.session.log.info("backup verified",
                         {{"backup", name}, {"verdict", verdict}, {"why", judgement.reason}});
    run.result.reason = judgement.reason;
    if (judgement.verdict == Verdict::kUncertified) {
      run.warn("Backup " + name + " is uncertified: " + judgement.reason);
    }
    run.warn(doubtsAbout(catalogue.groups, name));
    return std::move(catalogue);
  }
  if (verified->out_of_time) {
    return tl::unexpected(Failure{
        ExitCode::kTimedOut, "the snapshots of Backup " + name +
                                 " did not become ready within --timeout: " + judgement.reason});
  }
  return tl::unexpected(Failure{
      ExitCode::kBackupFailed,
      "Backup " + name + " is " + verdict + ": " + judgement.reason + "; nothing was pruned"});
}

}  // namespace job
