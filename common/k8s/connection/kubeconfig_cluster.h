#pragma once

#include "common/k8s/connection/kubeconfig_entry.h"

namespace k8s {

/// Where the server is, by which way, and how it is known.
void readCluster(const EntryReader& cluster, Connection& connection);

}  // namespace k8s
