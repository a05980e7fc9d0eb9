#include "common/k8s/connection/kubeconfig_cluster.h"

#include "common/k8s/connection/proxy.h"
#include "common/k8s/connection/server_url.h"

namespace k8s {
namespace {

void readServer(const EntryReader& cluster, Connection& connection) {
  connection.server = cluster.text("server");
  if (connection.server.empty()) {
    cluster.complain("has no server: write its URL, as in https://host:6443");
  } else if (const auto url = parseServerUrl(connection.server); !url) {
    cluster.complain(url.error());
  }
}

void readTrust(const EntryReader& cluster, Connection& connection) {
  const std::string key = "certificate-authority";
  connection.tls_server_name = cluster.text("tls-server-name");
  connection.insecure_skip_tls_verify = cluster.flag("insecure-skip-tls-verify");
  connection.ca = cluster.material(key);
  if (connection.insecure_skip_tls_verify && cluster.hasMaterial(key)) {
    cluster.complain("has both " + key + " and insecure-skip-tls-verify: remove the latter");
  }
}

}  // namespace

void readCluster(const EntryReader& cluster, Connection& connection) {
  readServer(cluster, connection);
  readTrust(cluster, connection);
}

}  // namespace k8s
