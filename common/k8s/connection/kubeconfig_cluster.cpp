#include "common/k8s/connection/kubeconfig_cluster.h"

#include <algorithm>
#include <cctype>

#include "common/k8s/connection/ip_address.h"
#include "common/k8s/connection/proxy.h"
#include "common/k8s/connection/server_url.h"

namespace k8s {
namespace {

void readServer(const EntryReader& cluster, Connection& connection) {
  connection.server = cluster.text("server");
  if (!cluster.isSet("server")) {
    cluster.complain("has no server: write its URL, as in https://host:6443");
  } else if (const auto url = parseServerUrl(connection.server);
             !url && !connection.server.empty()) {
    cluster.complain(url.error());
  }
}

/// A URL, or a port, is what people write here by mistake.
bool isHostOrAddress(const std::string& name) {
  return parseIpAddress(name) || std::ranges::all_of(name, [](unsigned char character) {
           return std::isalnum(character) != 0 || character == '.' || character == '-' ||
                  character == '_';
         });
}

void readTrust(const EntryReader& cluster, Connection& connection) {
  const std::string key = "certificate-authority";
  connection.tls_server_name = cluster.text("tls-server-name");
  if (!isHostOrAddress(connection.tls_server_name)) {
    cluster.complain("tls-server-name \"" + connection.tls_server_name +
                     "\" is neither a host name nor an IP address: write what is in the server's "
                     "certificate");
  }
  connection.insecure_skip_tls_verify = cluster.flag("insecure-skip-tls-verify");
  connection.ca = cluster.material(key);
  if (connection.insecure_skip_tls_verify && cluster.hasMaterial(key)) {
    cluster.complain("has both " + key + " and insecure-skip-tls-verify: remove the latter");
  }
}

void readProxy(const EntryReader& cluster, Connection& connection) {
  const std::string url = cluster.text("proxy-url");
  if (url.empty()) return;
  auto proxy = parseProxyUrl(url, "proxy-url");
  if (!proxy) return cluster.complain(proxy.error());
  proxy->source = cluster.entry().label + ": proxy-url";
  connection.proxy = *std::move(proxy);
}

}  // namespace

void readCluster(const EntryReader& cluster, Connection& connection) {
  readServer(cluster, connection);
  readTrust(cluster, connection);
  readProxy(cluster, connection);
}

}  // namespace k8s
