#include "job/pass/make_backup.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "common/time/rfc3339.h"
#include "job/decide/adoption.h"
#include "job/model/name_rules.h"
#include "job/model/names.h"
#include "job/pass/await_backup.h"
#include "job/pass/catalogue.h"
#include "job/pass/preconditions.h"
#include "job/pass/take_over.h"
#include "job/pass/wait_until_fit.h"

namespace job {
namespace {

/// CNPG retries storage errors until this many minutes have passed since the first of them, then
/// fails the Backup and starts the instance again. Ten are its own default; where this pass has
/// little time, less, so that it ends with the instance started.
std::string snapshotDeadlineMinutes(Session& session) {
  using std::chrono::minutes;
  constexpr minutes kDefault{10};
  const auto left = std::chrono::duration_cast<minutes>(session.patience.remaining(session.clock));
  return std::to_string(std::clamp((left - minutes(1)) / 2, minutes(1), kDefault).count());
}

json::Value backupObject(Session& session, const std::string& group, const std::string& name) {
  json::Value object;
  object["apiVersion"] = backupType(group).apiVersion();
  object["kind"] = backupType(group).kind;
  json::Value& metadata = object["metadata"];
  metadata["name"] = name;
  metadata["namespace"] = session.name_space;
  json::Value& labels = metadata["labels"];
  labels[kClusterLabel] = session.cluster();
  labels[kManagedByLabel] = kProgramName;
  labels[kOursLabel] = "true";
  labels[kRunLabel] = session.run_id;
  metadata["annotations"][kSnapshotDeadlineAnnotation] = snapshotDeadlineMinutes(session);
  json::Value& spec = object["spec"];
  spec["cluster"]["name"] = session.cluster();
  spec["method"] = "volumeSnapshot";
  // Explicit, as CNPG's default is an online backup.
  spec["online"] = false;
  spec["target"] = "prefer-standby";
  return object;
}

/// A name from the present second that is free, of Backups and of snapshots: CNPG would take old
/// snapshots of the same name for the new backup's.
Outcome<std::string> freeName(Session& session, timing::Instant when,
                              const std::vector<Backup>& backups) {
  for (;; when += std::chrono::seconds(1)) {
    std::string name = "backup-" + timing::formatCompact(when);
    if (!judgeName(name, backups, {}).empty()) continue;
    const auto taken = snapshotNameTaken(session, name);
    if (!taken) return tl::unexpected(taken.error());
    if (!*taken) return name;
  }
}

/// Makes spec.backup.volumeSnapshot what the CR asks for; without it CNPG fails every Backup.
Outcome<void> fitBackupSection(Session& session, const Configuration& configuration,
                               const Cluster& cluster) {
  const auto patch = backupSectionPatch(cluster, configuration.policy->snapshot_class);
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

/// A result of this run that turned out bad is no result: this attempt is to make a better one.
Outcome<bool> isWorthTaking(Session& session, const Configuration& configuration,
                            const Backup& result) {
  const auto catalogue = readCatalogue(session, configuration.group, configuration.cluster);
  if (!catalogue) return tl::unexpected(catalogue.error());
  const JudgedGroup* judged = catalogue->find(result.name);
  return judged != nullptr &&
         (isGood(judged->judgement.verdict) || lacksOnlyReadiness(*judged, catalogue->volumes));
}

/// What is in flight, or else the way to a new Backup.
struct Cleared {
  std::optional<Backup> adopted;  // then there is nothing to make
  std::vector<Backup> backups;
  std::string run;      // whose result would count; empty when that turned out bad
  bool waited = false;  // for somebody else's, so that all that was read before may be stale
};

/// A uuid, as the chart's and our own run ids are, stands for one run for ever. Any other id may be
/// used again and again: a retry comes within its pass's time, and twice that is generous.
timing::Instant resultsSince(const Session& session) {
  if (isUuid(session.run_id)) return timing::Instant::min();
  const auto window = 2 * (session.settings.timeout + timing::Duration(kGrace));
  return session.clock.now() - std::chrono::duration_cast<std::chrono::microseconds>(window);
}

Outcome<Cleared> clearTheWay(Session& session, const Configuration& configuration) {
  Cleared cleared;
  cleared.run = session.run_id;
  for (;;) {
    auto listed = listBackups(session, configuration.group);
    if (!listed) return tl::unexpected(listed.error());
    cleared.backups = *std::move(listed);
    const Start start =
        decideStart(cleared.backups, session.cluster(), cleared.run, resultsSince(session));
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
    const Backup& foreign = std::get<AwaitForeign>(start).backup;
    const std::string what = "Backup " + foreign.name + " of somebody else (phase " +
                             (foreign.phase.empty() ? "not set yet" : foreign.phase) + ")";
    if (session.client.options().dry_run) {
      return tl::unexpected(Failure{ExitCode::kBusy, what + " is in flight"});
    }
    session.log.info("waiting for another backup of the cluster to end",
                     {{"backup", foreign.name}, {"phase", foreign.phase}});
    cleared.waited = true;
    const auto awaited = awaitBackup(session, configuration.group, foreign);
    if (!awaited) return tl::unexpected(awaited.error());
    if (awaited->end == AwaitedBackup::End::kDeadline) {
      return tl::unexpected(
          Failure{ExitCode::kBusy, what + " did not end within --timeout; only one Backup "
                                          "of a Cluster can run at a time"});
    }
    return cleared;
  }
}

/// Tries the following seconds when somebody else's Backup has just taken the name. Empty when
/// another began, or a result of this run came, since the way was clear: a process that stood still
/// may have lost its Lease to another long ago, so the last look is one request before the POST.
Outcome<std::optional<Backup>> createBackup(Session& session, PassLock& lock,
                                            const std::string& group, const Cleared& cleared) {
  constexpr int kTries = 5;
  const auto mine = [&](const json::Value& existing) {
    const auto backup = readBackup(existing);
    return backup && backup->ours && backup->run == session.run_id;
  };
  timing::Instant when = session.clock.now();
  for (int attempt = 1;; ++attempt, when += std::chrono::seconds(1)) {
    const auto name = freeName(session, when, cleared.backups);
    if (!name) return tl::unexpected(name.error());
    if (auto held = lock.confirmNow(); !held) return tl::unexpected(held.error());
    const auto now = listBackups(session, group);
    if (!now) return tl::unexpected(now.error());
    const Start start = decideStart(*now, session.cluster(), cleared.run, resultsSince(session));
    if (!std::holds_alternative<MakeNew>(start)) return std::nullopt;
    const auto created = session.client.create(session.object(backupType(group), *name),
                                               backupObject(session, group, *name),
                                               k8s::Idempotency::kYes, session.changing(), mine);
    if (!created) {
      if (created.error().isAlreadyExists() && attempt < kTries) continue;
      return tl::unexpected(
          failureOf(created.error(), "create Backup " + session.name_space + "/" + *name));
    }
    auto backup = readBackup(*created);
    if (backup) return *std::move(backup);
    return tl::unexpected(
        Failure{ExitCode::kUnavailable,
                "the API server answered the creation of Backup " + *name +
                    " with an object that can't be read: " + backup.error().message()});
  }
}

bool anyInFlight(const std::vector<Backup>& backups, const std::string& cluster) {
  return !std::holds_alternative<MakeNew>(decideStart(backups, cluster, "", {}));
}

/// A fence may be that of a Backup that began since the way was clear: it is awaited, not refused.
Outcome<bool> beganMeanwhile(Session& session, const std::string& group, const Failure& refusal) {
  if (refusal.code != ExitCode::kRefused || session.client.options().dry_run) return false;
  const auto backups = listBackups(session, group);
  if (!backups) return tl::unexpected(backups.error());
  return anyInFlight(*backups, session.cluster());
}

/// An instance is not stopped for a backup that nobody would have the time to follow.
std::optional<Failure> whyTooLate(Session& session, bool waited) {
  if (session.settings.timeout <= 2 * kGrace) return std::nullopt;
  if (session.patience.remaining(session.clock) >= kGrace) return std::nullopt;
  return Failure{
      waited ? ExitCode::kBusy : ExitCode::kRefused,
      "waiting took nearly all of --timeout, so no Backup was begun; the next pass tries again"};
}

}  // namespace

Outcome<std::optional<Started>> startBackup(Session& session, PassLock& lock,
                                            Configuration& configuration, bool looked_before) {
  auto cleared = clearTheWay(session, configuration);
  if (!cleared) return tl::unexpected(cleared.error());
  if (cleared->waited) return std::nullopt;
  if (cleared->adopted) {
    if (auto taken = takeOverSchedules(session, lock, configuration); !taken) {
      return tl::unexpected(taken.error());
    }
    return Started{*std::move(cleared->adopted), {}, {}};
  }

  auto preconditions = checkPreconditions(session, configuration);
  if (!preconditions) return tl::unexpected(preconditions.error());
  Started started{{}, std::move(preconditions->missing_to_finish), {}};
  const auto cluster =
      waitUntilFit(session, configuration.group, preconditions->findings, started.warnings);
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
  auto backup = createBackup(session, lock, configuration.group, *cleared);
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
