#include "job/pass/make_backup.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "job/model/names.h"
#include "job/pass/clear_the_way.h"
#include "job/pass/cluster_reader.h"
#include "job/pass/create_backup.h"
#include "job/pass/preconditions.h"
#include "job/pass/take_over.h"
#include "job/pass/wait_until_fit.h"

namespace job {
namespace {

/// Makes spec.backup.volumeSnapshot what the CR asks for; without it CNPG fails every Backup.
Outcome<void> fitBackupSection(Session& session, const Configuration& configuration,
                               const Cluster& cluster) {
  const auto patch = sectionPatch(session, configuration, cluster);
  if (!patch) return {};
  session.log.info("setting the cluster's snapshot class",
                   {{"cluster", cluster.name}, {"class", configuration.policy->snapshot_class}});
  const auto ref = session.object(clusterType(configuration.group), cluster.name);
  const auto patched =
      session.client.mergePatch(ref, *patch, k8s::Subresource::kNone, session.changing());
  if (patched) {
    // CNPG reads Clusters and Backups through caches that keep no common order.
    constexpr std::chrono::seconds kCaughtUp{2};
    session.clock.sleepUntil(session.clock.monotonic() + kCaughtUp, session.stop);
    return {};
  }
  return tl::unexpected(
      failureOf(patched.error(), "set .spec.backup.volumeSnapshot of Cluster " + cluster.name));
}

/// A fence may be that of a Backup that began since the way was clear: it is awaited, not refused.
Outcome<bool> beganMeanwhile(Session& session, const std::string& group, const Failure& refusal) {
  if (refusal.code != ExitCode::kRefused || session.client.options().dry_run) return false;
  const auto backups = listBackups(session, group);
  if (!backups) return tl::unexpected(backups.error());
  return std::any_of(backups->begin(), backups->end(), [&](const Backup& backup) {
    return backup.cluster == session.cluster() && backup.progress == BackupProgress::kInFlight;
  });
}

/// An instance is not stopped for a backup that nobody would have the time to follow.
std::optional<Failure> whyTooLate(Session& session, bool waited) {
  if (session.settings.timeout <= 2 * kGrace) return std::nullopt;
  if (session.patience.remaining(session.clock) >= kGrace) return std::nullopt;
  return Failure{waited ? ExitCode::kBusy : ExitCode::kRefused,
                 "waiting took nearly all of --timeout, so no Backup was begun; try again later"};
}

}  // namespace

Outcome<std::optional<Started>> startBackup(Run& run, PassLock& lock, Configuration& configuration,
                                            bool looked_before) {
  Session& session = run.session;
  auto cleared = clearTheWay(run, configuration);
  if (!cleared) return tl::unexpected(cleared.error());
  if (cleared->waited) return std::nullopt;
  if (cleared->adopted) {
    if (auto taken = takeOverSchedules(session, lock, configuration); !taken) {
      return tl::unexpected(taken.error());
    }
    std::vector<std::string> warnings;
    if (run.request.hold && !cleared->adopted->held) {
      warnings.push_back(
          "Backup " + cleared->adopted->name +
          " of this run is not held, though --hold was asked for: it was made without, "
          "or somebody has released it; hold it with: " +
          std::string(kProgramName) + " hold " + cleared->adopted->name);
    }
    return Started{*std::move(cleared->adopted), {}, std::move(warnings)};
  }

  auto preconditions = checkPreconditions(run, configuration);
  if (!preconditions) return tl::unexpected(preconditions.error());
  Started started{{}, std::move(preconditions->missing_to_finish), {}};
  const auto cluster =
      waitUntilFit(run, configuration.group, preconditions->findings, started.warnings);
  if (!cluster) {
    const auto began = beganMeanwhile(session, configuration.group, cluster.error());
    if (began && *began) return std::nullopt;
    return tl::unexpected(cluster.error());
  }
  if (auto late = whyTooLate(session, looked_before || lock.waited())) {
    return tl::unexpected(*std::move(late));
  }
  if (auto held = lock.confirm(); !held) return tl::unexpected(held.error());
  if (auto taken = takeOverSchedules(session, lock, configuration); !taken) {
    return tl::unexpected(taken.error());
  }
  if (auto fitted = fitBackupSection(session, configuration, *cluster); !fitted) {
    return tl::unexpected(fitted.error());
  }
  auto backup = createBackup(run, lock, configuration.group, *cleared);
  if (!backup) return tl::unexpected(backup.error());
  if (!*backup) {
    session.log.info("another Backup began meanwhile, looking again");
    return std::nullopt;
  }
  started.backup = **std::move(backup);
  if (!session.client.options().dry_run) {
    session.log.info("backup created",
                     {{"backup", started.backup.name}, {"uid", started.backup.uid}});
  }
  return started;
}

}  // namespace job
