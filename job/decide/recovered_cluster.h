#pragma once

#include <map>
#include <string>

#include "common/json/value.h"
#include "job/decide/recovery_source.h"

namespace job {

/// What a Cluster made from a backup does not take from the backup's manifest.
struct RecoveredClusterWishes {
  std::string group;  // CNPG API group
  std::string name_space;
  std::string name;
  json::Value owner;                           // an ownerReference, or null
  std::map<std::string, std::string> labels;   // added to the manifest's
  std::string least_data_size;                 // quantities; "": the manifest's and restoreSize decide
  std::optional<int> instances;                // empty: the manifest's
  bool is_throw_away = false;  // no monitoring, no affinity to the live one, no backup section
};

/// Pure: the Cluster object to create. Its spec is the manifest's but for spec.bootstrap, which is
/// recovery from `source` (database nbcore, owner noobaa); fencing, hibernation, status, uid,
/// resourceVersion and managedFields do not come along. Each volume is the greatest of the
/// manifest's size, `least_data_size` and the snapshot's restoreSize.
json::Value recoveredCluster(const RecoverySource& source, const RecoveredClusterWishes& wishes);

}  // namespace job
