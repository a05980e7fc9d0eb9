#pragma once

#include "common/k8s/connection/exec_plugin.h"
#include "common/k8s/connection/kubeconfig_entry.h"

namespace k8s {

/// A user's exec section, by client-go's rules (tools/clientcmd/validation.go and
/// plugin/pkg/client/auth/exec): both apiVersions that are left, and no plugin that must ask
/// somebody. Where the plugin wants to know the cluster, cluster_info is an object yet to be
/// filled.
ExecPlugin readExec(const EntryReader& user);

/// spec.cluster of KUBERNETES_EXEC_INFO, as client-go's rest.ConfigToExecCluster makes it.
/// `connection` has what the cluster's entry says.
json::Value execClusterInfo(const EntryReader& cluster, const Connection& connection);

}  // namespace k8s
