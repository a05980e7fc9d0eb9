#pragma once

#include <optional>
#include <set>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "common/json/value.h"
#include "common/json/view.h"

namespace job {

/// Which volumes a database instance has besides its data: what a whole backup consists of.
struct VolumeSet {
  bool wal = false;
  std::set<std::string> tablespaces;
  friend bool operator==(const VolumeSet&, const VolumeSet&) = default;
};
/// From a Cluster object's spec (walStorage, tablespaces[].name); works on a clusterManifest too.
VolumeSet volumesOf(const json::Value& cluster_object);

/// Names of VolumeSnapshots and Backups that a Cluster's spec.bootstrap.recovery refers to.
struct BootstrapReferences {
  std::vector<std::string> snapshots;  // volumeSnapshots.*.name, of storage, WAL and tablespaces
  std::string backup;                  // recovery.backup.name
};
BootstrapReferences bootstrapReferencesOf(const json::Value& cluster_object);

/// A CNPG Cluster, what a backup worker judges it by.
struct Cluster {
  std::string group;  // of its apiVersion, "" when that is absent
  std::string name;
  std::string name_space;
  std::string uid;
  std::string resource_version;
  bool deleting = false;
  std::int64_t instances = 0;        // spec.instances
  std::int64_t ready_instances = 0;  // status.readyInstances, which CNPG omits at 0
  std::string phase;
  std::string phase_reason;
  bool ready_condition = false;  // condition Ready is True
  std::string current_primary;
  std::string target_primary;
  std::vector<std::string> healthy_instances;  // status.instancesStatus.healthy
  std::vector<std::string> fenced_instances;   // annotation cnpg.io/fencedInstances; "*" is all; an
                                               // unreadable one is its whole text
  bool hibernated = false;
  VolumeSet volumes;
  BootstrapReferences bootstrap;
  /// Annotation noobaa.io/db-recovery-source, which names the snapshot that a recovery of ours made
  /// it from; empty on other Clusters.
  std::string recovery_source;
  bool has_backup_section = false;  // spec.backup.volumeSnapshot present
  std::string snapshot_class;       // spec.backup.volumeSnapshot.className
  std::string wal_snapshot_class;   // walClassName; empty: snapshot_class
  std::vector<std::pair<std::string, std::string>> tablespace_snapshot_classes;
  std::string snapshot_owner_reference;  // none (default), backup, cluster
  std::optional<bool> online;            // spec.backup.volumeSnapshot.online
};

inline constexpr std::string_view kHealthyPhase = "Cluster in healthy state";

tl::expected<Cluster, json::Error> readCluster(const json::Value& object);

}  // namespace job
