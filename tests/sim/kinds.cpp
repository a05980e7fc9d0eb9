#include "tests/sim/kinds.h"

namespace sim {

k8s::ResourceType noobaaType() {
  return {"noobaa.io", "v1alpha1", "noobaas", "NooBaa"};
}

k8s::ResourceType clusterType(const std::string& cnpg_group) {
  return {cnpg_group, "v1", "clusters", "Cluster"};
}

k8s::ResourceType backupType(const std::string& cnpg_group) {
  return {cnpg_group, "v1", "backups", "Backup"};
}

k8s::ResourceType scheduledBackupType(const std::string& cnpg_group) {
  return {cnpg_group, "v1", "scheduledbackups", "ScheduledBackup"};
}

k8s::ResourceType imageCatalogType(const std::string& cnpg_group) {
  return {cnpg_group, "v1", "imagecatalogs", "ImageCatalog"};
}

k8s::ResourceType snapshotType() {
  return {"snapshot.storage.k8s.io", "v1", "volumesnapshots", "VolumeSnapshot"};
}

k8s::ResourceType snapshotClassType() {
  return {"snapshot.storage.k8s.io", "v1", "volumesnapshotclasses", "VolumeSnapshotClass"};
}

k8s::ResourceType snapshotContentType() {
  return {"snapshot.storage.k8s.io", "v1", "volumesnapshotcontents", "VolumeSnapshotContent"};
}

k8s::ResourceType claimType() {
  return {"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim"};
}

k8s::ResourceType podType() {
  return {"", "v1", "pods", "Pod"};
}

k8s::ResourceType jobType() {
  return {"batch", "v1", "jobs", "Job"};
}

k8s::ResourceType eventType() {
  return {"events.k8s.io", "v1", "events", "Event"};
}

k8s::ResourceType storageClassType() {
  return {"storage.k8s.io", "v1", "storageclasses", "StorageClass"};
}

k8s::ResourceType deploymentType() {
  return {"apps", "v1", "deployments", "Deployment"};
}

k8s::ResourceType namespaceType() {
  return {"", "v1", "namespaces", "Namespace"};
}

k8s::ResourceType crdType() {
  return {"apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition"};
}

}  // namespace sim
