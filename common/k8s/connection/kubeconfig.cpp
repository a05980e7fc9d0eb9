#include <array>
#include <optional>
#include <utility>

#include "common/k8s/connection/base64.h"
#include "common/k8s/connection/connection.h"
#include "common/k8s/connection/kubeconfig_file.h"
#include "common/k8s/connection/server_url.h"

namespace k8s {
namespace {

std::string namesOf(const std::map<std::string, KubeconfigEntry>& entries) {
  std::string names;
  for (const auto& [name, entry] : entries) names += (names.empty() ? "" : ", ") + name;
  return names.empty() ? "there is none" : "there are: " + names;
}

/// A path in a kubeconfig starts at the folder of its file.
std::string resolved(const std::string& path, const std::string& file) {
  if (path.starts_with('/')) return path;
  const std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? path : file.substr(0, slash + 1) + path;
}

/// Makes a Connection of one context, noting all that stands against it on the way.
class ContextReader {
 public:
  ContextReader(const Kubeconfig& kubeconfig, const Surroundings& surroundings, Problems& problems)
      : kubeconfig_(kubeconfig), surroundings_(surroundings), problems_(problems) {}

  Connection read(const std::string& wished_context) {
    Connection connection;
    const std::string name = wished_context.empty() ? kubeconfig_.current_context : wished_context;
    if (name.empty()) {
      problems_.push_back("no context is chosen: current-context is not set, name one (" +
                          namesOf(kubeconfig_.contexts) + ")");
      return connection;
    }
    const KubeconfigEntry* context = find(kubeconfig_.contexts, "context", name);
    if (context == nullptr) return connection;
    connection.source = "kubeconfig " + context->file + ", context " + name;
    connection.name_space = text(*context, "namespace");
    if (const auto* cluster = referred(*context, kubeconfig_.clusters, "cluster")) {
      readCluster(*cluster, connection);
    }
    if (const auto* user = referred(*context, kubeconfig_.users, "user")) {
      readUser(*user, connection);
    }
    return connection;
  }

 private:
  const KubeconfigEntry* find(const std::map<std::string, KubeconfigEntry>& entries,
                              const std::string& kind, const std::string& name) {
    const auto found = entries.find(name);
    if (found != entries.end()) return &found->second;
    problems_.push_back("there is no " + kind + " \"" + name + "\" (" + namesOf(entries) + ")");
    return nullptr;
  }

  const KubeconfigEntry* referred(const KubeconfigEntry& context,
                                  const std::map<std::string, KubeconfigEntry>& entries,
                                  const std::string& kind) {
    const std::string name = text(context, kind);
    if (!name.empty()) return find(entries, kind, name);
    complain(context, "names no " + kind);
    return nullptr;
  }

  void readCluster(const KubeconfigEntry& cluster, Connection& connection) {
    refuse(cluster, {{"proxy-url", "a direct way to the server"}});
    connection.server = text(cluster, "server");
    if (connection.server.empty()) {
      complain(cluster, "has no server");
    } else if (const auto url = parseServerUrl(connection.server); !url) {
      complain(cluster, url.error());
    }
    connection.tls_server_name = text(cluster, "tls-server-name");
    connection.insecure_skip_tls_verify = flag(cluster, "insecure-skip-tls-verify");
    const std::string key = "certificate-authority";
    connection.ca.pem = material(cluster, key);
    if (connection.insecure_skip_tls_verify &&
        (holds(cluster.body, key) || holds(cluster.body, key + "-data"))) {
      complain(cluster, "has both " + key + " and insecure-skip-tls-verify: remove the latter");
    }
  }

  void readUser(const KubeconfigEntry& user, Connection& connection) {
    const std::string cure = "a token, a tokenFile or a client certificate";
    refuse(user, {{"exec", cure},
                  {"auth-provider", cure},
                  {"username", cure},
                  {"password", cure},
                  {"as", "a user with the rights itself"},
                  {"as-uid", "a user with the rights itself"},
                  {"as-groups", "a user with the rights itself"},
                  {"as-user-extra", "a user with the rights itself"}});
    connection.token = text(user, "token");
    readTokenFile(user, connection);
    connection.client_certificate.pem = material(user, "client-certificate");
    connection.client_key.pem = material(user, "client-key");
    const bool has_certificate = holdsMaterial(user, "client-certificate");
    const bool has_key = holdsMaterial(user, "client-key");
    if (has_certificate && !has_key) complain(user, "has a client-certificate without client-key");
    if (has_key && !has_certificate) complain(user, "has a client-key without client-certificate");
    if (!has_certificate && !has_key && connection.token.empty() && connection.token_file.empty() &&
        !refused_something_) {
      complain(user, "has no credentials: give it " + cure);
    }
  }

  void readTokenFile(const KubeconfigEntry& user, Connection& connection) {
    const std::string path = text(user, "tokenFile");
    if (path.empty()) return;
    connection.token_file = resolved(path, user.file);
    // Only to say it early and along with the rest: the transport reads the token itself.
    if (const auto content = surroundings_.read_file(connection.token_file); !content) {
      complain(user, "can't read tokenFile " + connection.token_file + ": " + content.error());
    }
  }

  /// PEM text from KEY (a file) or KEY-data (base64).
  std::string material(const KubeconfigEntry& entry, const std::string& key) {
    const std::string data = text(entry, key + "-data");
    const std::string path = text(entry, key);
    if (!data.empty() && !path.empty()) {
      complain(entry, "has both " + key + " and " + key + "-data: remove one");
      return {};
    }
    if (!data.empty()) {
      auto decoded = decodeBase64(data);
      if (!decoded) complain(entry, key + "-data is not base64");
      return std::move(decoded).value_or("");
    }
    if (path.empty()) return {};
    const std::string file = resolved(path, entry.file);
    auto content = surroundings_.read_file(file);
    if (!content) {
      complain(entry, "can't read " + key + " " + file + ": " + content.error());
      return {};
    }
    // An empty CA would otherwise mean «trust the system's».
    if (content->empty()) complain(entry, key + " " + file + " is empty");
    return *content;
  }

  static bool holdsMaterial(const KubeconfigEntry& entry, const std::string& key) {
    return holds(entry.body, key) || holds(entry.body, key + "-data");
  }

  bool flag(const KubeconfigEntry& entry, const std::string& key) {
    const std::string value = text(entry, key);
    if (value == "true") return true;
    if (!value.empty() && value != "false") complain(entry, key + " must be true or false");
    return false;
  }

  /// What is not supported is refused: ignoring it would act as somebody else, or in another way,
  /// than the file says.
  void refuse(const KubeconfigEntry& entry,
              const std::vector<std::pair<std::string, std::string>>& keys_and_cures) {
    for (const auto& [key, cure] : keys_and_cures) {
      if (!holds(entry.body, key)) continue;
      refused_something_ = true;
      complain(entry, key + " is not supported: use " + cure);
    }
  }

  std::string text(const KubeconfigEntry& entry, const std::string& key) {
    return textOf(entry.body, key, entry.label, problems_);
  }
  void complain(const KubeconfigEntry& entry, const std::string& problem) {
    problems_.push_back(entry.label + ": " + problem);
  }

  const Kubeconfig& kubeconfig_;
  const Surroundings& surroundings_;
  Problems& problems_;
  bool refused_something_ = false;
};

std::string messageOf(const Problems& problems) {
  std::string message = "the kubeconfig can't be used: ";
  for (const std::string& problem : problems) {
    if (&problem != &problems.front()) message += "; ";
    message += problem;
  }
  return message;
}

}  // namespace

tl::expected<Connection, std::string> kubeconfigConnection(const std::vector<std::string>& files,
                                                           const std::string& context,
                                                           const Surroundings& surroundings) {
  Problems problems;
  const Kubeconfig kubeconfig = readKubeconfig(files, surroundings, problems);
  // A file that could not be read at all would only add «there is no context» to the list.
  if (kubeconfig.files.empty() || (!problems.empty() && kubeconfig.contexts.empty())) {
    return tl::unexpected(messageOf(problems));
  }
  Connection connection = ContextReader(kubeconfig, surroundings, problems).read(context);
  if (!problems.empty()) return tl::unexpected(messageOf(problems));
  return connection;
}

}  // namespace k8s
