#pragma once

#include <set>
#include <string>
#include <vector>

#include "job/decide/retention.h"
#include "job/model/backup_group.h"
#include "job/model/cluster.h"

namespace job {

/// Names that something still needs.
struct References {
  std::set<std::string> recovery_snapshots;     // dbRecovery.volumeSnapshotName
  std::set<std::string> cluster_snapshots;      // any Cluster's bootstrap, but a drill's
  std::set<std::string> drill_snapshots;        // bootstrap of a restore drill's Cluster
  std::set<std::string> cluster_backups;        // bootstrap.recovery.backup.name
  std::set<std::string> pending_pvc_snapshots;  // dataSource of a Pending PVC
};
void addPvcReference(const json::Value& pvc, References& references);

/// Pure: what holds the group; a reference to one member holds all.
Hold holdOf(const BackupGroup& group, const References& references);

}  // namespace job
