#pragma once

#include <optional>
#include <string>
#include <vector>

#include "job/decide/preflight.h"
#include "job/decide/references.h"
#include "job/failure.h"
#include "job/model/cluster.h"
#include "job/model/cron_job.h"
#include "job/model/noobaa_system.h"
#include "job/model/packed_models.h"
#include "job/model/scheduled_backup.h"
#include "job/pass/session.h"

namespace job {

/// The Kubernetes objects a command needs, as models. Each function makes the requests it names and
/// no more; a failure says what could not be read and why.
Outcome<NooBaaSystem> readSystem(Session& session);
/// The CR as it is, for who needs more of it.
Outcome<json::Value> readSystemObject(Session& session);

/// The CNPG API groups that this server has, NooBaa's first; that it has none is a failure (78).
Outcome<std::vector<std::string>> servedCnpgGroups(Session& session);

/// Where the CNPG Cluster is found.
struct ClusterFinding {
  std::string group;                    // its API group
  std::vector<std::string> all_groups;  // CNPG groups that may hold Clusters
  std::optional<Cluster> cluster;       // empty: there is no Cluster of that name
};
/// Discovers the group (or takes --cnpg-api-group) and reads the Cluster. Fails when no CNPG group
/// is served and when both hold a Cluster of the name.
Outcome<ClusterFinding> findCluster(Session& session);
Outcome<std::optional<Cluster>> readCluster(Session& session, const std::string& group,
                                            const k8s::CallContext& context);

Outcome<Backups> listBackups(Session& session, const std::string& group);
/// Snapshots of the cluster, by CNPG's label. One that can't be read is warned about and stands as
/// a stub that keeps its backup from being counted or deleted.
Outcome<VolumeSnapshots> listSnapshots(Session& session, std::vector<std::string>& warnings);
Outcome<std::vector<ScheduledBackup>> listScheduledBackups(Session& session,
                                                           const std::string& group);

/// The CronJob named by --cronjob; one that does not exist is a failure (78).
Outcome<CronJob> findCronJob(Session& session);

/// A snapshot class that does not exist is a value, not a failure. Without the (cluster-wide) right
/// to look: empty.
Outcome<std::optional<SnapshotClass>> readSnapshotClass(Session& session, const std::string& name);

/// The PVCs of the namespace: the cluster's own with their drivers, and what Pending ones are made
/// from.
struct VolumeClaims {
  std::vector<ClusterVolume> of_cluster;
  References pending;  // only pending_pvc_snapshots is set
};
Outcome<VolumeClaims> readVolumeClaims(Session& session);

/// What any Cluster of the namespace, in any of these API groups, was bootstrapped from.
Outcome<References> readClusterReferences(Session& session, const std::vector<std::string>& groups);

/// Does a snapshot of that name, or one that says it belongs to a Backup of that name, exist: of
/// whatever Cluster?
Outcome<bool> snapshotNameTaken(Session& session, const std::string& name);

}  // namespace job
