#include "job/pass/make_backup.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "common/time/rfc3339.h"
#include "job/decide/adoption.h"
#include "job/model/names.h"
#include "job/pass/await_backup.h"
#include "job/pass/wait_until_fit.h"

namespace job {
namespace {

/// A name from the present second that is free; CNPG would take old snapshots of the same name for the new
/// backup's, so snapshots count as well as Backups.
std::string freeName(Session& session, const std::vector<Backup>& backups,
                     const std::vector<VolumeSnapshot>& snapshots) {
  timing::Instant when = session.clock.now();
  for (;; when += std::chrono::seconds(1)) {
    std::string name = "backup-" + timing::formatCompact(when);
    if (judgeName(name, backups, snapshots).empty()) return name;
  }
}

/// CNPG retries storage errors until this many minutes have passed, then fails the Backup and starts the instance
/// again. It has to give up before this pass does, or the instance would stay stopped unwatched.
std::string snapshotDeadlineMinutes(Session& session) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(session.deadline.remaining(session.clock));
  return std::to_string(std::clamp<std::int64_t>(minutes.count() - 1, 1, 24 * 60));
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

Outcome<Backup> createBackup(Session& session, const std::string& group, const std::string& name) {
  const auto ref = session.object(backupType(group), name);
  const auto created = session.client.create(
      ref, backupObject(session, group, name), k8s::Idempotency::kYes, session.context(),
      [&](const json::Value& existing) {
        const auto backup = readBackup(existing);
        return backup && backup->ours && backup->run == session.run_id;
      });
  if (!created) {
    return tl::unexpected(failureOf(created.error(), "create Backup " + session.name_space + "/" + name));
  }
  auto backup = readBackup(*created);
  if (!backup) {
    return tl::unexpected(Failure{ExitCode::kUnavailable, "the API server answered the creation of Backup " +
                                                              name + " with an object that can't be read: " +
                                                              backup.error().message()});
  }
  return *std::move(backup);
}

/// Makes spec.backup.volumeSnapshot what the CR asks for; without it CNPG fails every Backup.
Outcome<void> fitBackupSection(Session& session, const Examination& examination, const Cluster& cluster) {
  const auto patch = backupSectionPatch(cluster, examination.policy->snapshot_class);
  if (!patch) return {};
  session.log.info("setting the cluster's snapshot class",
                   {{"cluster", cluster.name}, {"class", examination.policy->snapshot_class}});
  const auto ref = session.object(clusterType(examination.group), cluster.name);
  const auto patched = session.client.mergePatch(ref, *patch, k8s::Subresource::kNone, session.context());
  if (!patched) {
    return tl::unexpected(
        failureOf(patched.error(), "set .spec.backup.volumeSnapshot of Cluster " + cluster.name));
  }
  return {};
}

/// The way to a new Backup, once nothing else is in flight.
struct Cleared {
  std::optional<Started> adopted;  // then there is nothing to make
  std::vector<Backup> backups;
  bool waited = false;  // what was read before may be stale
};

Outcome<Cleared> clearTheWay(Session& session, PassLock& lock, const Examination& examination) {
  Cleared cleared;
  for (;;) {
    auto listed = listBackups(session, examination.group);
    if (!listed) return tl::unexpected(listed.error());
    cleared.backups = *std::move(listed);
    const Start start = decideStart(cleared.backups, session.cluster(), session.run_id);
    if (std::holds_alternative<MakeNew>(start)) return cleared;
    if (const auto* ours = std::get_if<AwaitOurs>(&start)) {
      session.log.info("adopting our own backup in flight",
                       {{"backup", ours->backup.name}, {"phase", ours->backup.phase}});
      cleared.adopted = Started{ours->backup, true};
      return cleared;
    }
    if (const auto* made = std::get_if<TakeResult>(&start)) {
      session.log.info("this run's backup is already completed", {{"backup", made->backup.name}});
      cleared.adopted = Started{made->backup, true};
      return cleared;
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
    const auto awaited = awaitBackup(session, lock, examination.group, foreign);
    if (!awaited) return tl::unexpected(awaited.error());
    if (awaited->end == AwaitedBackup::End::kDeadline) {
      return tl::unexpected(Failure{ExitCode::kBusy, what + " did not end within --timeout; only one Backup "
                                                            "of a Cluster can run at a time"});
    }
  }
}

}  // namespace

Outcome<Started> startBackup(Session& session, PassLock& lock, const Examination& examination,
                             std::vector<std::string>& warnings) {
  auto cleared = clearTheWay(session, lock, examination);
  if (!cleared) return tl::unexpected(cleared.error());
  if (cleared->adopted) return *std::move(cleared->adopted);

  std::optional<Cluster> seen = examination.cluster;
  if (cleared->waited) {
    auto fresh = readCluster(session, examination.group, session.context());
    if (!fresh) return tl::unexpected(fresh.error());
    seen = *std::move(fresh);
  }
  if (!seen) {
    return tl::unexpected(Failure{ExitCode::kRefused, "Cluster " + session.name_space + "/" +
                                                          session.cluster() + " was deleted meanwhile"});
  }
  auto cluster = waitUntilFit(session, lock, examination.group, *std::move(seen), warnings);
  if (!cluster) return tl::unexpected(cluster.error());
  auto snapshots = listSnapshots(session, warnings);
  if (!snapshots) return tl::unexpected(snapshots.error());
  if (auto fitted = fitBackupSection(session, examination, *cluster); !fitted) {
    return tl::unexpected(fitted.error());
  }
  if (auto kept = lock.keep(); !kept) return tl::unexpected(kept.error());
  auto backup = createBackup(session, examination.group, freeName(session, cleared->backups, *snapshots));
  if (!backup) return tl::unexpected(backup.error());
  session.log.info("backup created", {{"backup", backup->name}, {"uid", backup->uid}});
  return Started{*std::move(backup), false};
}

}  // namespace job
