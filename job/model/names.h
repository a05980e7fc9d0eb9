#pragma once

#include <string>
#include <string_view>

#include "common/k8s/resource.h"

namespace job {

/// Labels and annotations. CNPG's are cnpg.io/* whatever its API group is called.
inline constexpr std::string_view kClusterLabel = "cnpg.io/cluster";
inline constexpr std::string_view kBackupNameLabel = "cnpg.io/backupName";
inline constexpr std::string_view kScheduledBackupLabel = "cnpg.io/scheduled-backup";
inline constexpr std::string_view kTablespaceLabel = "cnpg.io/tablespaceName";
inline constexpr std::string_view kMajorVersionLabel = "cnpg.io/majorVersion";
inline constexpr std::string_view kPvcRoleAnnotation = "cnpg.io/pvcRole";
inline constexpr std::string_view kBackupStartAnnotation = "cnpg.io/backupStartTime";
inline constexpr std::string_view kBackupEndAnnotation = "cnpg.io/backupEndTime";
inline constexpr std::string_view kControlDataAnnotation = "cnpg.io/pgControldata";
inline constexpr std::string_view kClusterManifestAnnotation = "cnpg.io/clusterManifest";
inline constexpr std::string_view kBackupLabelFileAnnotation = "cnpg.io/backupLabelFile";
inline constexpr std::string_view kFencedInstancesAnnotation = "cnpg.io/fencedInstances";
inline constexpr std::string_view kHibernationAnnotation = "cnpg.io/hibernation";
inline constexpr std::string_view kSnapshotDeadlineAnnotation = "cnpg.io/volumeSnapshotDeadline";

inline constexpr std::string_view kOursLabel = "noobaa.io/db-backup";
inline constexpr std::string_view kRunLabel = "noobaa.io/db-backup-run";
inline constexpr std::string_view kHoldAnnotation = "noobaa.io/db-backup-hold";
inline constexpr std::string_view kVerdictAnnotation = "noobaa.io/db-backup-verdict";
inline constexpr std::string_view kSuspendedAnnotation = "noobaa.io/db-backup-suspended";
/// On a Cluster that a recovery made: "<PG_DATA snapshot>/<its uid>".
inline constexpr std::string_view kRecoverySourceAnnotation = "noobaa.io/db-recovery-source";
inline constexpr std::string_view kDrillLabel = "noobaa.io/db-backup-drill";
/// On a drill's Cluster: who made it, as he is called in the Lease.
inline constexpr std::string_view kDrillHolderAnnotation = "noobaa.io/db-backup-drill-holder";
inline constexpr std::string_view kManagedByLabel = "app.kubernetes.io/managed-by";
inline constexpr std::string_view kProgramName = "noobaa-db-backup";
/// ConfigMap of the last runs of every Cluster in its namespace.
inline constexpr std::string_view kHistoryName = "noobaa-db-backup-history";

inline constexpr std::string_view kUpstreamCnpgGroup = "postgresql.cnpg.io";
inline constexpr std::string_view kNooBaaCnpgGroup = "postgresql.cnpg.noobaa.io";

k8s::ResourceType nooBaaType();
k8s::ResourceType clusterType(std::string_view cnpg_group);
k8s::ResourceType backupType(std::string_view cnpg_group);
k8s::ResourceType scheduledBackupType(std::string_view cnpg_group);
k8s::ResourceType volumeSnapshotType();
k8s::ResourceType volumeSnapshotClassType();
k8s::ResourceType imageCatalogType(std::string_view cnpg_group);
k8s::ResourceType clusterImageCatalogType(std::string_view cnpg_group);
k8s::ResourceType persistentVolumeClaimType();
k8s::ResourceType podType();
k8s::ResourceType jobType();
k8s::ResourceType eventType();  // of the core group, which serves those of events.k8s.io too
k8s::ResourceType deploymentType();
k8s::ResourceType storageClassType();
k8s::ResourceType cronJobType();
k8s::ResourceType resourceQuotaType();
k8s::ResourceType configMapType();
k8s::ResourceType selfSubjectRulesReviewType();

}  // namespace job
