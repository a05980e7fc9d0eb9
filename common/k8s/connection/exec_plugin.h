#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/json/value.h"

namespace k8s {

/// A program that prints credentials, as a kubeconfig's user.exec names it
/// (client.authentication.k8s.io, by client-go's plugin/pkg/client/auth/exec). Run with its
/// arguments as they are, never through a shell.
struct ExecPlugin {
  std::string label;        // for people: the kubeconfig's file and user
  std::string api_version;  // client.authentication.k8s.io/v1 or .../v1beta1
  std::string
      command;  // bare names by PATH; a path that was relative starts at the kubeconfig's folder
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment;  // besides our own
  std::string install_hint;  // shown when there is no such program
  /// spec.cluster of KUBERNETES_EXEC_INFO, when provideClusterInfo asks for it.
  std::optional<json::Value> cluster_info;
};

}  // namespace k8s
