#include "job/pass/clear_the_way.h"

#include <chrono>
#include <utility>
#include <variant>

#include "job/model/name_rules.h"
#include "job/pass/await_backup.h"
#include "job/pass/catalogue.h"

namespace job {
namespace {

/// A result of this run that turned out bad is no result: this attempt is to make a better one.
Outcome<bool> isWorthTaking(Session& session, const Configuration& configuration,
                            const Backup& result) {
  const auto catalogue = readCatalogue(session, configuration.group, configuration.cluster);
  if (!catalogue) return tl::unexpected(catalogue.error());
  const auto judged = catalogue->find(result.name);
  return judged &&
         (isGood(judged->judgement.verdict) || lacksOnlyReadiness(*judged, catalogue->volumes));
}

/// A uuid, as the chart's and our own run ids are, stands for one run for ever. Any other id may be
/// used again and again: a retry comes within its pass's time, and twice that is generous.
timing::Instant resultsSince(const Session& session) {
  if (isUuid(session.run_id)) return timing::Instant::min();
  const auto window = 2 * (session.settings.timeout + timing::Duration(kGrace));
  return session.clock.now() - std::chrono::duration_cast<std::chrono::microseconds>(window);
}

Outcome<void> awaitOther(Session& session, const Configuration& configuration,
                         const Backup& other) {
  const std::string what = "Backup " + other.name + " of " +
                           (isOurs(other) ? "another run" : "somebody else") + " (phase " +
                           other.phaseInWords() + ")";
  if (session.client.options().dry_run) {
    return tl::unexpected(Failure{ExitCode::kBusy, what + " is in flight"});
  }
  session.log.info("waiting for another backup of the cluster to end",
                   {{"backup", other.name}, {"phase", other.phase}});
  const auto awaited = awaitBackup(session, configuration.group, other);
  if (!awaited) return tl::unexpected(awaited.error());
  if (awaited->end == AwaitedBackup::End::kStopped) {
    return tl::unexpected(Failure{ExitCode::kInterrupted,
                                  "stopped while " + what + " was waited for; none was made"});
  }
  if (awaited->end != AwaitedBackup::End::kDeadline) return {};
  return tl::unexpected(
      Failure{ExitCode::kBusy, what + " did not end within --timeout; only one Backup of a Cluster "
                                      "can run at a time"});
}

}  // namespace

Start startAmong(const Run& run, const Backups& backups, const std::string& run_id) {
  return decideStart(backups, run.session.cluster(), run.request, run_id,
                     resultsSince(run.session));
}

Outcome<Cleared> clearTheWay(Run& run, const Configuration& configuration) {
  Session& session = run.session;
  Cleared cleared;
  cleared.run = session.run_id;
  for (;;) {
    auto listed = listBackups(session, configuration.group);
    if (!listed) return tl::unexpected(listed.error());
    cleared.backups = *std::move(listed);
    const Start start = startAmong(run, cleared.backups, cleared.run);
    if (std::holds_alternative<MakeNew>(start)) return cleared;
    if (const auto* ours = std::get_if<AwaitOurs>(&start)) {
      session.log.info("adopting our own backup in flight",
                       {{"backup", ours->backup.name}, {"phase", ours->backup.phase}});
      cleared.adopted = ours->backup;
      return cleared;
    }
    if (const auto* made = std::get_if<TakeResult>(&start)) {
      const auto worth = isWorthTaking(session, configuration, made->backup);
      if (!worth) return tl::unexpected(worth.error());
      if (*worth) {
        session.log.info("this run's backup is already completed", {{"backup", made->backup.name}});
        cleared.adopted = made->backup;
        return cleared;
      }
      cleared.run.clear();  // no result of it counts any more
      continue;
    }
    cleared.waited = true;
    const auto ended = awaitOther(session, configuration, std::get<AwaitOther>(start).backup);
    if (!ended) return tl::unexpected(ended.error());
    return cleared;
  }
}

}  // namespace job
