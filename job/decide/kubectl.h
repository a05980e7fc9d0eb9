#pragma once

#include <string>

#include "common/k8s/resource.h"
#include "job/model/cluster.h"
#include "job/model/names.h"

namespace job {

/// "Cluster noobaa/noobaa-db-pg-cluster", for messages.
inline std::string nameOf(const Cluster& cluster) {
  return "Cluster " + cluster.name_space + "/" + cluster.name;
}

/// "kubectl -n noobaa <verb> clusters.postgresql.cnpg.io noobaa-db-pg-cluster", to copy; the group
/// is spelt out because Cluster API has clusters too.
inline std::string kubectl(const std::string& name_space, const std::string& verb,
                           const k8s::ResourceType& type, const std::string& name) {
  return "kubectl -n " + name_space + " " + verb + " " + type.qualifiedName() + " " + name;
}
inline std::string kubectl(const std::string& verb, const Cluster& cluster) {
  return kubectl(cluster.name_space, verb, clusterType(cluster.group), cluster.name);
}

}  // namespace job
