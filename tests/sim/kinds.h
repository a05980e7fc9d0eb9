#pragma once

#include <string>

#include "common/k8s/resource.h"

namespace sim {

/// The API groups CloudNativePG comes in: NooBaa's build and upstream.
inline constexpr const char* kNoobaaCnpgGroup = "postgresql.cnpg.noobaa.io";
inline constexpr const char* kUpstreamCnpgGroup = "postgresql.cnpg.io";

k8s::ResourceType noobaaType();
k8s::ResourceType clusterType(const std::string& cnpg_group);
k8s::ResourceType backupType(const std::string& cnpg_group);
k8s::ResourceType scheduledBackupType(const std::string& cnpg_group);
k8s::ResourceType imageCatalogType(const std::string& cnpg_group);
k8s::ResourceType snapshotType();
k8s::ResourceType snapshotClassType();
k8s::ResourceType snapshotContentType();
k8s::ResourceType claimType();  // persistentvolumeclaims
k8s::ResourceType podType();
k8s::ResourceType jobType();
k8s::ResourceType eventType();  // of events.k8s.io
k8s::ResourceType storageClassType();
k8s::ResourceType deploymentType();
k8s::ResourceType namespaceType();
k8s::ResourceType crdType();

}  // namespace sim
