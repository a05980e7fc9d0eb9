#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/json/value.h"
#include "job/decide/recovery_source.h"

namespace job {

/// What a Cluster made from a backup does not take from the backup's manifest.
struct RecoveredClusterWishes {
  std::string group;  // CNPG API group (decide/cluster_group.h)
  std::string name_space;
  std::string name;
  json::Value owner;                               // an ownerReference, or null
  std::map<std::string, std::string> labels;       // added to the manifest's
  std::map<std::string, std::string> annotations;  // added to the manifest's
  /// Quantities; the data volume is no smaller than any. "" says nothing.
  std::vector<std::string> least_data_sizes;
  bool is_throw_away = false;
};

/// Pure: spec.bootstrap of a Cluster that comes from the backup.
json::Value recoveryBootstrap(const RecoverySource& source);

struct RecoveredCluster {
  json::Value object;
  std::vector<std::string> warnings;  // what was left out that somebody may miss
};

/// Pure: the Cluster object to create. Its spec is the manifest's, with these differences:
/// - spec.bootstrap is recovery from `source` (database nbcore, owner noobaa);
/// - each volume is the greatest of the manifest's size, the snapshot's restoreSize, and for data
/// of
///   the wishes;
/// - what ties it to other data stays away: externalClusters, replica, plugins, a WAL archive;
/// - so do fencing, hibernation and every other annotation of CNPG's or ours, status, uid and the
/// like. It carries annotation noobaa.io/db-recovery-source: source.mark().
///
/// A throw-away has one instance, nothing of the manifest's labels and annotations, and nothing by
/// which others would find, watch, back up or wait for it: no managed, superuserSecret,
/// certificates, priorityClassName, sync replicas, monitoring, backup or PodDisruptionBudget.
RecoveredCluster recoveredCluster(const RecoverySource& source,
                                  const RecoveredClusterWishes& wishes);

}  // namespace job
