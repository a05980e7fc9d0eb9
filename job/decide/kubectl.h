#pragma once

#include <string>

#include "job/model/cluster.h"

namespace job {

/// "Cluster noobaa/noobaa-db-pg-cluster", for messages.
inline std::string nameOf(const Cluster& cluster) {
  return "Cluster " + cluster.name_space + "/" + cluster.name;
}

/// "kubectl -n noobaa <verb> clusters.postgresql.cnpg.io noobaa-db-pg-cluster", to copy; the group
/// is spelt out because Cluster API has clusters too.
inline std::string kubectl(const std::string& verb, const Cluster& cluster) {
  const std::string type = cluster.group.empty() ? "clusters" : "clusters." + cluster.group;
  return "kubectl -n " + cluster.name_space + " " + verb + " " + type + " " + cluster.name;
}

}  // namespace job
