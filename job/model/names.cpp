#include "job/model/names.h"

namespace job {
namespace {

k8s::ResourceType snapshotStorageType(std::string plural, std::string kind) {
  return {"snapshot.storage.k8s.io", "v1", std::move(plural), std::move(kind)};
}

k8s::ResourceType cnpgType(std::string_view group, std::string plural, std::string kind) {
  return {std::string(group), "v1", std::move(plural), std::move(kind)};
}

}  // namespace

k8s::ResourceType nooBaaType() {
  return {"noobaa.io", "v1alpha1", "noobaas", "NooBaa"};
}

k8s::ResourceType clusterType(std::string_view cnpg_group) {
  return cnpgType(cnpg_group, "clusters", "Cluster");
}

k8s::ResourceType backupType(std::string_view cnpg_group) {
  return cnpgType(cnpg_group, "backups", "Backup");
}

k8s::ResourceType scheduledBackupType(std::string_view cnpg_group) {
  return cnpgType(cnpg_group, "scheduledbackups", "ScheduledBackup");
}

k8s::ResourceType imageCatalogType(std::string_view cnpg_group) {
  return cnpgType(cnpg_group, "imagecatalogs", "ImageCatalog");
}

k8s::ResourceType clusterImageCatalogType(std::string_view cnpg_group) {
  return cnpgType(cnpg_group, "clusterimagecatalogs", "ClusterImageCatalog");
}

k8s::ResourceType volumeSnapshotType() {
  return snapshotStorageType("volumesnapshots", "VolumeSnapshot");
}

k8s::ResourceType volumeSnapshotClassType() {
  return snapshotStorageType("volumesnapshotclasses", "VolumeSnapshotClass");
}

k8s::ResourceType persistentVolumeClaimType() {
  return {"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim"};
}

k8s::ResourceType podType() {
  return {"", "v1", "pods", "Pod"};
}

k8s::ResourceType jobType() {
  return {"batch", "v1", "jobs", "Job"};
}

k8s::ResourceType deploymentType() {
  return {"apps", "v1", "deployments", "Deployment"};
}

k8s::ResourceType storageClassType() {
  return {"storage.k8s.io", "v1", "storageclasses", "StorageClass"};
}

k8s::ResourceType resourceQuotaType() {
  return {"", "v1", "resourcequotas", "ResourceQuota"};
}

k8s::ResourceType configMapType() {
  return {"", "v1", "configmaps", "ConfigMap"};
}

k8s::ResourceType cronJobType() {
  return {"batch", "v1", "cronjobs", "CronJob"};
}

k8s::ResourceType selfSubjectRulesReviewType() {
  return {"authorization.k8s.io", "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview"};
}

k8s::ResourceType eventType() {
  return {"", "v1", "events", "Event"};
}

}  // namespace job
