#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>
#include <string>

#include "common/k8s/connection/connection.h"
#include "common/k8s/connection/server_url.h"
#include "tests/fuzz/fuzz.h"

namespace {

// Seeds have it where a secret stands, as has each file that an entry may name. No escape ends in
// its first letter.
constexpr std::string_view kMarker = "s3cr3t";
// A line of it parts the input into two files.
constexpr std::string_view kSeparator = "\n%%%\n";

const std::set<std::string> kSecretKeys = {"token",       "password",      "client-key-data",
                                           "id-token",    "refresh-token", "client-secret",
                                           "access-token"};

bool holdsMarker(std::string_view text) {
  return text.find(kMarker) != std::string_view::npos;
}

/// Looks for the marker where messages may quote from: names, paths, keys. A document that repeats
/// itself through aliases is given up on.
class PublicText {
 public:
  bool holdsMarkerIn(const std::string& text) {
    try {
      visit(YAML::Load(text), "", 0);
    } catch (const YAML::Exception&) {
      // Such a file is not quoted at all.
    }
    return found_;
  }

 private:
  void visit(const YAML::Node& node, const std::string& key, int depth) {
    if (found_ || depth > 32 || ++visited_ > 5000) {
      found_ = true;
      return;
    }
    if (node.IsScalar()) {
      // What is before an @ in a URL is a password.
      const bool url_with_user =
          (key == "server" || key == "proxy-url") && node.Scalar().find('@') != std::string::npos;
      found_ = holdsMarker(node.Scalar()) && kSecretKeys.count(key) == 0 && !url_with_user;
    } else if (node.IsSequence()) {
      for (const YAML::Node& member : node) visit(member, key, depth + 1);
    } else if (node.IsMap()) {
      for (const auto& entry : node) {
        visit(entry.first, "", depth + 1);
        // exec.env: what is passed to a plugin may be a secret.
        const bool of_exec =
            key == "env" && entry.first.IsScalar() && entry.first.Scalar() == "value";
        const std::string own = !entry.first.IsScalar() ? "" : entry.first.Scalar();
        visit(entry.second, of_exec ? "token" : own, depth + 1);
      }
    }
  }

  bool found_ = false;
  int visited_ = 0;
};

k8s::Surroundings worldOf(const std::string& first, const std::string& second) {
  k8s::Surroundings world;
  world.home = "/home/me";
  world.read_file = [=](const std::string& path) -> tl::expected<std::string, std::string> {
    if (path == "/k/config") return first;
    if (path == "/l/config" && !second.empty()) return second;
    if (path == "/k/token" || path == "/k/pem") return std::string(kMarker);
    if (path == "/k/empty") return std::string();
    if (path == "/k/unreadable") return tl::unexpected<std::string>("Permission denied");
    return tl::unexpected(std::string(k8s::kNoSuchFile));
  };
  return world;
}

bool isVisible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool isOneLine(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
}

/// What ends up in a request's header must not be able to end it.
void impersonatesInWholeLines(const k8s::Impersonation& impersonation) {
  bool one_line = isOneLine(impersonation.user) && isOneLine(impersonation.uid);
  for (const std::string& group : impersonation.groups) one_line = one_line && isOneLine(group);
  for (const auto& [key, values] : impersonation.extra) {
    for (const std::string& value : values) one_line = one_line && isOneLine(value);
  }
  fuzz::require(one_line, "who is impersonated is one line each");
  fuzz::require(
      !impersonation.user.empty() || (impersonation.uid.empty() && impersonation.groups.empty() &&
                                      impersonation.extra.empty()),
      "nobody is impersonated by halves");
}

void isSound(const k8s::Connection& connection) {
  const auto url = k8s::parseServerUrl(connection.server);
  fuzz::require(url.has_value() && !url->host.empty() && url->port != 0,
                "the server is an https URL");
  fuzz::require(!connection.source.empty(), "it says whence");
  fuzz::require(connection.client_certificate.pem.empty() == connection.client_key.pem.empty(),
                "certificate and key come together");
  fuzz::require(!connection.insecure_skip_tls_verify || connection.ca.pem.empty(),
                "a CA is not ignored");
  fuzz::require(isVisible(connection.token), "a token is one word");
  fuzz::require(connection.token_file.empty() || connection.token_file.front() == '/',
                "paths are absolute where the kubeconfig's is");
  fuzz::require(!connection.token.empty() || !connection.token_file.empty() ||
                    !connection.client_key.pem.empty() || connection.exec.has_value(),
                "there are credentials");
  impersonatesInWholeLines(connection.impersonation);
  if (connection.proxy) {
    fuzz::require(!connection.proxy->host.empty() && connection.proxy->port != 0,
                  "a proxy has an address");
    fuzz::require(isOneLine(connection.proxy->authorization), "a proxy's header is one line");
  }
  if (connection.exec) {
    fuzz::require(!connection.exec->command.empty(), "a plugin has a program");
    fuzz::require(connection.exec->api_version.starts_with("client.authentication.k8s.io/v1"),
                  "a plugin has a version");
  }
}

/// True for a document whose every cluster names a CA: none of them may end in the system's.
bool namesCaEverywhere(const std::string& text) try {
  const YAML::Node clusters = YAML::Load(text)["clusters"];
  if (!clusters || !clusters.IsSequence() || clusters.size() == 0) return false;
  for (const YAML::Node& entry : clusters) {
    const YAML::Node cluster = entry["cluster"];
    const auto says = [&](const char* key) {
      return cluster[key] && cluster[key].IsScalar() && !cluster[key].Scalar().empty();
    };
    if (!says("certificate-authority") && !says("certificate-authority-data")) return false;
  }
  return true;
} catch (const YAML::Exception&) {
  return false;
}

}  // namespace

void fuzz::testOne(std::string_view input) {
  const std::size_t cut = input.find(kSeparator);
  const std::string first(input.substr(0, cut));
  const std::string second =
      std::string(cut == std::string_view::npos ? "" : input.substr(cut + kSeparator.size()));
  const auto connection =
      k8s::kubeconfigConnection({"/k/config", "/l/config"}, "", worldOf(first, second));
  if (connection) {
    isSound(*connection);
    if (second.empty() && namesCaEverywhere(first)) {
      fuzz::require(!connection->ca.pem.empty(), "a CA that is named is not the system's");
    }
    return;
  }
  const std::string& message = connection.error();
  fuzz::require(message.find("kubeconfig") != std::string::npos, "the error says what it is about");
  if (holdsMarker(message)) {
    PublicText text;
    fuzz::require(text.holdsMarkerIn(first) || text.holdsMarkerIn(second),
                  "a message quotes no secret");
  }
}
