#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "common/json/write.h"
#include "tests/job/json_objects.h"

/// Objects of a recovery for tests, as the API server has them. Each begins as what goes well;
/// edited() says how one differs, by a JSON merge without deletions.
namespace job {

inline json::Value edited(json::Value object, std::string_view patch) {
  mergeInto(object, parsed(patch));
  return object;
}

/// The Cluster as a backup's manifest has it: fenced, of PostgreSQL 16, two instances of 50Gi.
inline json::Value aManifest() {
  return parsed(R"json({
    "apiVersion": "postgresql.cnpg.noobaa.io/v1",
    "kind": "Cluster",
    "metadata": {
      "name": "noobaa-db-pg-cluster", "namespace": "noobaa", "uid": "old-uid",
      "resourceVersion": "77", "generation": 4, "creationTimestamp": "2025-01-01T00:00:00Z",
      "labels": {"app": "noobaa"},
      "annotations": {"cnpg.io/fencedInstances": "[\"noobaa-db-pg-cluster-2\"]",
                      "kubectl.kubernetes.io/last-applied-configuration": "{}",
                      "example.com/cost-centre": "7"},
      "managedFields": [{"manager": "noobaa-operator"}],
      "ownerReferences": [{"kind": "NooBaa", "name": "noobaa", "uid": "old-noobaa-uid"}]
    },
    "spec": {
      "instances": 2,
      "imageCatalogRef": {"apiGroup": "postgresql.cnpg.noobaa.io", "kind": "ImageCatalog",
                          "name": "noobaa-db-pg-image-catalog", "major": 16},
      "inheritedMetadata": {"labels": {"app": "noobaa", "team": "storage"}},
      "storage": {"size": "50Gi", "storageClass": "csi-block"},
      "backup": {"target": "prefer-standby",
                 "volumeSnapshot": {"className": "csi-snapshots", "online": false}},
      "bootstrap": {"initdb": {"database": "nbcore", "owner": "noobaa"}}
    },
    "status": {"phase": "Cluster in healthy state", "readyInstances": 2}
  })json");
}

/// A ready VolumeSnapshot of backup "b", as CNPG makes them.
inline json::Value aSnapshotObject(const std::string& name, const std::string& role = "PG_DATA",
                                   const json::Value& manifest = aManifest()) {
  json::Value object = parsed(R"json({
    "apiVersion": "snapshot.storage.k8s.io/v1",
    "kind": "VolumeSnapshot",
    "metadata": {"namespace": "noobaa",
                 "labels": {"cnpg.io/cluster": "noobaa-db-pg-cluster", "cnpg.io/backupName": "b",
                            "cnpg.io/majorVersion": "16"},
                 "annotations": {"cnpg.io/pgControldata":
      "Database system identifier:           7460052021379461143\nDatabase cluster state:               shut down\n"}},
    "status": {"readyToUse": true, "restoreSize": "50Gi"}
  })json");
  object["metadata"]["name"] = name;
  object["metadata"]["uid"] = "uid-of-" + name;
  object["metadata"]["annotations"]["cnpg.io/pvcRole"] = role;
  object["metadata"]["annotations"]["cnpg.io/clusterManifest"] = json::write(manifest);
  return object;
}

/// Something of the Cluster's, alive and owned by it.
inline json::Value aPartOfCluster(const std::string& kind, const std::string& name) {
  json::Value object = parsed(R"json({
    "metadata": {"namespace": "noobaa", "creationTimestamp": "2025-01-15T10:00:01Z",
                 "labels": {"cnpg.io/cluster": "noobaa-db-pg-cluster"},
                 "ownerReferences": [{"kind": "Cluster", "name": "noobaa-db-pg-cluster",
                                      "uid": "new-uid"}]}
  })json");
  object["kind"] = kind;
  object["metadata"]["name"] = name;
  return object;
}

/// A claim of the recovered Cluster, bound, made from the snapshot.
inline json::Value aClaim(const std::string& name, const std::string& snapshot) {
  json::Value object = edited(aPartOfCluster("PersistentVolumeClaim", name), R"json({
    "spec": {"dataSource": {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot"},
             "resources": {"requests": {"storage": "50Gi"}}},
    "status": {"phase": "Bound"}
  })json");
  object["spec"]["dataSource"]["name"] = snapshot;
  return object;
}

/// The Cluster that is made from VolumeSnapshot "b": up, both instances ready.
inline json::Value aRecoveredCluster() {
  return parsed(R"json({
    "apiVersion": "postgresql.cnpg.noobaa.io/v1",
    "kind": "Cluster",
    "metadata": {"name": "noobaa-db-pg-cluster", "namespace": "noobaa", "uid": "new-uid",
                 "creationTimestamp": "2025-01-15T10:00:00Z"},
    "spec": {
      "instances": 2,
      "storage": {"size": "50Gi"},
      "bootstrap": {"recovery": {"database": "nbcore", "owner": "noobaa", "volumeSnapshots": {
        "storage": {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "b"}}}}
    },
    "status": {"phase": "Cluster in healthy state", "readyInstances": 2,
               "currentPrimary": "noobaa-db-pg-cluster-1",
               "targetPrimary": "noobaa-db-pg-cluster-1", "latestGeneratedNode": 2,
               "conditions": [{"type": "Ready", "status": "True"}]}
  })json");
}

}  // namespace job
