#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "common/k8s/connection/exec_plugin.h"
#include "common/k8s/connection/proxy.h"
#include "common/k8s/connection/small_file.h"

namespace k8s {

/// Whom the API server shall take us for (kubectl's --as), where we have the right to impersonate.
struct Impersonation {
  std::string user;  // empty: nobody else
  std::string uid;
  std::vector<std::string> groups;
  std::map<std::string, std::vector<std::string>> extra;
};

/// PEM text, and the file it came from, if any: it may hold another by the time it is looked at
/// again.
struct PemMaterial {
  std::string pem;
  std::string file;
  std::string label;  // for people: the kubeconfig's file, entry and key
};

/// Everything needed to reach one API server as one user; made from a kubeconfig or the pod's
/// files. Holds secrets: never logged.
struct Connection {
  std::string source;  // for people: "kubeconfig /path, context kind" or "in-cluster"
  std::string server;  // https://host:port[/prefix]; IPv6 in brackets
  PemMaterial ca;      // empty: the system's CAs
  PemMaterial client_certificate;
  PemMaterial client_key;
  std::string token;
  std::string token_file;  // re-read by age and on 401; beats `token`
  std::optional<ExecPlugin> exec;
  Impersonation impersonation;
  std::optional<Proxy> proxy;  // the kubeconfig's, else the environment's
  std::string tls_server_name;
  bool insecure_skip_tls_verify = false;
  std::string name_space;  // the context's, or the pod's; may be empty
};

/// Where the process looks for its configuration; a value, so that tests have their own world.
struct Surroundings {
  std::map<std::string, std::string> environment;
  std::string service_account_folder = "/var/run/secrets/kubernetes.io/serviceaccount";
  std::string home;
  /// Reads a file whole (of the process: as readSmallFile does); the error is the reason for
  /// people, kNoSuchFile for one that isn't there.
  std::function<tl::expected<std::string, std::string>(const std::string& path)> read_file;
  /// Somebody reads what a credential plugin writes to stderr: which page to open, for one.
  bool stderr_is_terminal = false;

  static Surroundings ofProcess();
  std::string variable(const std::string& name) const;
};

struct ConnectionChoice {
  std::string kubeconfig;  // --kubeconfig: this file only, and it must exist
  std::string context;     // --context
};

/// --kubeconfig, else KUBECONFIG (a list, merged by client-go's rules), else in-cluster, else
/// ~/.kube/config; and the environment's proxy, unless the kubeconfig names one. The error is one
/// message for people that names the file, the entry and the cure, all problems of it at once.
tl::expected<Connection, std::string> findConnection(const ConnectionChoice& choice,
                                                     const Surroundings& surroundings);

/// The pieces, for tests: without the environment's proxy.
tl::expected<Connection, std::string> inClusterConnection(const Surroundings& surroundings);
tl::expected<Connection, std::string> kubeconfigConnection(const std::vector<std::string>& files,
                                                           const std::string& context,
                                                           const Surroundings& surroundings);

}  // namespace k8s
