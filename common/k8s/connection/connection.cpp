#include "common/k8s/connection/connection.h"

#include <unistd.h>

#include <algorithm>
#include <sstream>

#include "common/k8s/connection/server_url.h"
#include "common/text/trimmed.h"

extern char** environ;

namespace k8s {
namespace {

using text::trimmed;

constexpr const char* kHostVariable = "KUBERNETES_SERVICE_HOST";
constexpr const char* kPortVariable = "KUBERNETES_SERVICE_PORT";

/// A list as in PATH: empty members are skipped, as are repetitions.
std::vector<std::string> splitList(const std::string& list) {
  std::vector<std::string> members;
  std::istringstream rest(list);
  for (std::string member; std::getline(rest, member, ':');) {
    const bool known = std::find(members.begin(), members.end(), member) != members.end();
    if (!member.empty() && !known) members.push_back(member);
  }
  return members;
}

bool isInCluster(const Surroundings& surroundings) {
  return !surroundings.variable(kHostVariable).empty() &&
         !surroundings.variable(kPortVariable).empty();
}

/// POD_NAMESPACE wins, as with client-go: it can be set where the file is missing.
std::string namespaceOfPod(const Surroundings& surroundings) {
  std::string variable(trimmed(surroundings.variable("POD_NAMESPACE")));
  if (!variable.empty()) return variable;
  const auto file = surroundings.read_file(surroundings.service_account_folder + "/namespace");
  return std::string(file ? trimmed(*file) : "");
}

tl::expected<Connection, std::string> findWithoutProxy(const ConnectionChoice& choice,
                                                       const Surroundings& surroundings) {
  if (!choice.kubeconfig.empty()) {
    return kubeconfigConnection({choice.kubeconfig}, choice.context, surroundings);
  }
  const std::vector<std::string> listed = splitList(surroundings.variable("KUBECONFIG"));
  if (!listed.empty()) return kubeconfigConnection(listed, choice.context, surroundings);
  if (isInCluster(surroundings)) {
    if (!choice.context.empty()) {
      return tl::unexpected("context \"" + choice.context +
                            "\" was asked for, but in a cluster the pod's own account is used: "
                            "name a kubeconfig too");
    }
    return inClusterConnection(surroundings);
  }
  const std::string usual = surroundings.home + "/.kube/config";
  const auto content = surroundings.read_file(usual);
  if (surroundings.home.empty() || (!content && content.error() == kNoSuchFile)) {
    return tl::unexpected(
        std::string("no cluster to talk to: --kubeconfig and KUBECONFIG are not set, this is no "
                    "pod (KUBERNETES_SERVICE_HOST is not set) and there is no ~/.kube/config"));
  }
  return kubeconfigConnection({usual}, choice.context, surroundings);
}

}  // namespace

Surroundings Surroundings::ofProcess() {
  Surroundings surroundings;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    surroundings.environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  surroundings.home = surroundings.variable("HOME");
  surroundings.read_file = readSmallFile;
  surroundings.stderr_is_terminal = isatty(STDERR_FILENO) != 0;
  return surroundings;
}

std::string Surroundings::variable(const std::string& name) const {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

tl::expected<Connection, std::string> inClusterConnection(const Surroundings& surroundings) {
  if (!isInCluster(surroundings)) {
    return tl::unexpected(
        std::string("not in a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT "
                    "must both be set"));
  }
  const std::string& folder = surroundings.service_account_folder;
  Connection connection;
  connection.source = "in-cluster";
  connection.server = "https://" + bracketed(surroundings.variable(kHostVariable)) + ":" +
                      surroundings.variable(kPortVariable);
  connection.token_file = folder + "/token";
  connection.name_space = namespaceOfPod(surroundings);

  std::string problems;
  const auto complain = [&problems](const std::string& problem) {
    problems += (problems.empty() ? "in-cluster: " : "; ") + problem;
  };
  if (const auto url = parseServerUrl(connection.server); !url) complain(url.error());
  const std::string ca_file = folder + "/ca.crt";
  const std::string ca_label = "the cluster's CA " + ca_file;
  const auto ca = surroundings.read_file(ca_file);
  if (!ca) {
    complain("can't read " + ca_label + ": " + ca.error());
  } else if (trimmed(*ca).empty()) {
    complain(ca_label + " is empty");
  } else {
    connection.ca = {*ca, ca_file, "in-cluster: " + ca_label};
  }
  // The content is left to the transport, which reads the file again and again.
  if (const auto token = surroundings.read_file(connection.token_file); !token) {
    complain("can't read the token " + connection.token_file + ": " + token.error() +
             " (is automountServiceAccountToken off?)");
  } else if (trimmed(*token).empty()) {
    complain("the token " + connection.token_file + " is empty");
  }
  if (!problems.empty()) return tl::unexpected(problems);
  return connection;
}

tl::expected<Connection, std::string> findConnection(const ConnectionChoice& choice,
                                                     const Surroundings& surroundings) {
  auto connection = findWithoutProxy(choice, surroundings);
  if (!connection || connection->proxy) return connection;
  const auto server = parseServerUrl(connection->server);
  auto proxy = proxyFromEnvironment(server.value(), surroundings.environment);
  if (!proxy) return tl::unexpected(std::move(proxy).error());
  connection->proxy = *std::move(proxy);
  return connection;
}

}  // namespace k8s
