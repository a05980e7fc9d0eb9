#include "job/decide/preflight.h"

#include <algorithm>

#include "common/text/in_quotes.h"
#include "job/decide/kubectl.h"
#include "job/model/joined.h"

namespace job {
namespace {

using text::inQuotes;

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool needsPeople(const std::string& phase) {
  return phase == "Cluster is unrecoverable and needs manual intervention" ||
         phase == "Waiting for user action" || phase == "Not enough disk space";
}

std::string seeWhy(const Cluster& cluster) {
  return "see why with: " + kubectl("describe", cluster);
}

Finding deletionFinding(const Cluster& cluster) {
  return Finding::refuse(nameOf(cluster) + " is being deleted (metadata.deletionTimestamp is set)",
                         "wait until it is gone, then recover it from a backup");
}

Finding hibernationFinding(const Cluster& cluster) {
  return Finding::refuse(
      nameOf(cluster) +
          " is hibernated (annotation cnpg.io/hibernation is \"on\"), so CloudNativePG "
          "fails every backup",
      "wake it with: " + kubectl("annotate", cluster) + " cnpg.io/hibernation=off --overwrite");
}

/// A Backup that just ended is unfenced a moment later.
Finding fenceFinding(const Cluster& cluster) {
  Finding finding = Finding::wait(
      nameOf(cluster) + " has fenced instances (annotation cnpg.io/fencedInstances: " +
          joined(cluster.fenced_instances) + "), so CloudNativePG fails every backup",
      "if no Backup is in flight and nobody needs the fence, lift it with: " +
          kubectl("annotate", cluster) + " cnpg.io/fencedInstances-");
  finding.about = Finding::kAboutFences;
  return finding;
}

Finding phaseFinding(const Cluster& cluster) {
  std::string message =
      nameOf(cluster) + " is not healthy: status.phase is " + inQuotes(cluster.phase);
  if (!cluster.phase_reason.empty()) message += " (" + cluster.phase_reason + ")";
  return needsPeople(cluster.phase) ? Finding::refuse(std::move(message), seeWhy(cluster))
                                    : Finding::wait(std::move(message), seeWhy(cluster));
}

Finding readinessFinding(const Cluster& cluster) {
  return Finding::wait(nameOf(cluster) + " is not ready: its condition Ready is not \"True\"",
                       seeWhy(cluster));
}

Finding switchoverFinding(const Cluster& cluster) {
  return Finding::wait(nameOf(cluster) + " is switching over: status.currentPrimary is " +
                           inQuotes(cluster.current_primary) + ", status.targetPrimary is " +
                           inQuotes(cluster.target_primary),
                       "wait until both are the same");
}

bool primaryIsReady(const Cluster& cluster) {
  return contains(cluster.healthy_instances, cluster.current_primary) &&
         cluster.ready_instances >= 1;
}

bool hasReadyStandby(const Cluster& cluster) {
  return std::any_of(
      cluster.healthy_instances.begin(), cluster.healthy_instances.end(),
      [&](const std::string& instance) { return instance != cluster.current_primary; });
}

Finding ownershipFinding(const Cluster& cluster) {
  Finding finding = Finding::warn(
      nameOf(cluster) +
          " owns its snapshots (spec.backup.volumeSnapshot.snapshotOwnerReference is \"cluster\"): "
          "deleting it, as a recovery needs, DELETES EVERY BACKUP",
      "set it to \"none\" with: " + kubectl("patch", cluster) +
          " --type=merge -p '{\"spec\":{\"backup\":{\"volumeSnapshot\":"
          "{\"snapshotOwnerReference\":\"none\"}}}}'");
  finding.about = Finding::kAboutOwnership;
  return finding;
}

std::string readyCount(const Cluster& cluster) {
  return std::to_string(cluster.ready_instances) + " of " + std::to_string(cluster.instances) +
         " instances are ready (status.readyInstances, spec.instances)";
}

Finding primaryFinding(const Cluster& cluster) {
  return Finding::wait(nameOf(cluster) + ": its primary " + inQuotes(cluster.current_primary) +
                           " is not ready, " + readyCount(cluster),
                       seeWhy(cluster));
}

/// CNPG takes an instance that is not ready for one it has stopped and snapshots it as it is, and
/// without a ready standby it stops the primary.
std::vector<Finding> judgeInstances(const Cluster& cluster, bool allow_primary, bool online) {
  if (online || allow_primary) {
    if (!primaryIsReady(cluster)) return {primaryFinding(cluster)};
    if (online || cluster.instances <= 1 || hasReadyStandby(cluster)) return {};
    return {Finding::warn(nameOf(cluster) + " has no ready standby, " + readyCount(cluster) +
                          ": its primary " + inQuotes(cluster.current_primary) +
                          " is stopped for the backup, as --allow-primary says, and the database, "
                          "and NooBaa with it, is down until it is started again")};
  }
  std::vector<Finding> findings;
  const std::string cure =
      seeWhy(cluster) +
      (cluster.instances > 1 ? ", or pass --allow-primary to stop the primary" : "");
  if (cluster.ready_instances != cluster.instances) {
    findings.push_back(Finding::wait(nameOf(cluster) + ": " + readyCount(cluster), cure));
  } else if (cluster.instances > 1 && !hasReadyStandby(cluster)) {
    findings.push_back(Finding::wait(
        nameOf(cluster) +
            " has no ready standby: "
            "status.instancesStatus.healthy lists " +
            (cluster.healthy_instances.empty() ? "none" : joined(cluster.healthy_instances)),
        cure));
  }
  return findings;
}

/// CNPG restores a snapshot without the backup label unless it reads a WAL archive besides, which
/// NooBaa's database has none of: a crash recovery, and sound only if all volumes are of one
/// moment.
Finding scatteredFinding(const Cluster& cluster) {
  const bool wal = cluster.volumes.wal;
  return Finding::refuse(
      nameOf(cluster) + " has " +
          (wal ? "a WAL volume of its own (spec.walStorage)"
               : "tablespaces on volumes of their own (spec.tablespaces)") +
          ": the snapshots of an online backup would be of different moments, and could not be "
          "restored together",
      "make it without --online");
}

}  // namespace

std::vector<Finding> judgeCluster(const Cluster& cluster, bool allow_primary, bool online) {
  std::vector<Finding> findings;
  if (cluster.deleting) findings.push_back(deletionFinding(cluster));
  if (cluster.hibernated) findings.push_back(hibernationFinding(cluster));
  if (!cluster.fenced_instances.empty()) findings.push_back(fenceFinding(cluster));
  if (cluster.phase != kHealthyPhase) {
    findings.push_back(phaseFinding(cluster));
  } else if (!cluster.ready_condition) {
    findings.push_back(readinessFinding(cluster));
  }
  if (cluster.current_primary != cluster.target_primary) {
    findings.push_back(switchoverFinding(cluster));
  }
  for (Finding& finding : judgeInstances(cluster, allow_primary, online)) {
    findings.push_back(std::move(finding));
  }
  if (online && cluster.volumes != VolumeSet()) findings.push_back(scatteredFinding(cluster));
  if (cluster.snapshot_owner_reference == "cluster") {
    findings.push_back(ownershipFinding(cluster));
  }
  return findings;
}

}  // namespace job
