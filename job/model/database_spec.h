#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "common/json/value.h"
#include "common/json/view.h"

namespace job {

/// What a new Cluster takes from the NooBaa CR, and what that knows of the old one. Empty, or null:
/// not said.
struct DatabaseSpec {
  std::string image;                 // spec.dbSpec.image
  std::optional<int> major;          // spec.dbSpec.postgresMajorVersion
  std::optional<int> instances;      // spec.dbSpec.instances
  std::string min_volume_size;       // spec.dbSpec.dbMinVolumeSize, a quantity
  std::string storage_class;         // spec.dbSpec.dbStorageClass
  json::Value resources;             // spec.dbSpec.dbResources
  json::Value parameters;            // spec.dbSpec.dbConf, of strings
  std::string snapshot_class;        // spec.dbSpec.dbBackup.volumeSnapshot.volumeSnapshotClass
  json::Value node_affinity;         // spec.affinity.nodeAffinity
  std::string topology_key;          // spec.affinity.topologyKey
  json::Value tolerations;           // spec.tolerations
  std::string priority_class;        // spec.dbPriorityClassName
  std::optional<int> max_endpoints;  // spec.endpoints.maxCount
  bool read_write_once = false;      // annotation noobaa.io/pvc_access_mode_rwo is "true"
  bool pod_monitor = true;  // annotation noobaa.io/disable_db_default_monitoring is not "true"

  std::string actual_volume_size;    // status.dbStatus.actualVolumeSize, a quantity
  std::optional<int> current_major;  // status.dbStatus.currentPgMajorVersion

  /// The PostgreSQL major that the system wants, else the one that it had.
  std::optional<int> wantedMajor() const { return major ? major : current_major; }
};

tl::expected<DatabaseSpec, json::Error> readDatabaseSpec(const json::Value& noobaa);

}  // namespace job
