#pragma once

#include <string>
#include <vector>

#include "common/json/value.h"
#include "tests/sim/kinds.h"
#include "tests/sim/volumes.h"

namespace sim {

/// The installation that a World sets up.
struct Shape {
  std::string name_space = "noobaa";
  std::string system = "noobaa";
  std::string cnpg_group = kNoobaaCnpgGroup;
  int instances = 2;
  bool wal_storage = false;
  std::vector<std::string> tablespaces = {};
  std::string volume_size = "50Gi";
  std::string storage_class = "csi-block";
  std::string driver = "csi.example.com";
  std::string snapshot_class = "csi-snapshots";
  std::string deletion_policy = "Delete";
  std::string schedule = "0 2 * * *";
  int max_snapshots = 3;
  int major_version = 16;

  std::string clusterName() const { return system + "-db-pg-cluster"; }
  std::string instanceName(int number) const {
    return clusterName() + "-" + std::to_string(number);
  }
};

inline constexpr const char* kHealthyPhase = "Cluster in healthy state";

/// The NooBaa CR with dbBackup, as a user wrote it and noobaa-operator reports on it.
json::Value noobaaObject(const Shape& shape);
/// The Cluster in good health: all instances ready, the first one primary. `noobaa` owns it unless
/// null.
json::Value clusterObject(const Shape& shape, const json::Value& noobaa);
/// The catalogue that the Cluster takes its image from.
json::Value imageCatalogObject(const Shape& shape);
/// The Pod of the Cluster's nth instance (from 1), ready.
json::Value podObject(const json::Value& cluster, int number);
/// The claim of one of its volumes, bound by a driver.
json::Value claimObject(const json::Value& cluster, int number, const Volume& volume,
                        const std::string& driver);
std::string instanceName(const json::Value& cluster, int number);
json::Value storageClassObject(const Shape& shape);
json::Value snapshotClassObject(const Shape& shape);

/// An ownerReference to an object of the server.
json::Value ownerReference(const json::Value& owner, bool controller);
}  // namespace sim
