#include "common/k8s/connection/kubeconfig_exec.h"

#include <algorithm>
#include <utility>

#include "common/k8s/connection/base64.h"
#include "common/k8s/connection/yaml_to_json.h"

namespace k8s {
namespace {

constexpr const char* kV1 = "client.authentication.k8s.io/v1";
constexpr const char* kV1Beta1 = "client.authentication.k8s.io/v1beta1";
constexpr const char* kV1Alpha1 = "client.authentication.k8s.io/v1alpha1";
/// The cluster's extension that a plugin gets as spec.cluster.config.
constexpr const char* kConfigExtension = "client.authentication.k8s.io/exec";

std::string apiVersionOf(const EntryReader& exec) {
  std::string version = exec.text("apiVersion");
  if (version == kV1 || version == kV1Beta1) return version;
  if (version.empty()) {
    exec.complain(std::string("has no apiVersion: give it the plugin's, ") + kV1 + " or " +
                  kV1Beta1);
  } else if (version == kV1Alpha1) {
    exec.complain(std::string("apiVersion ") + kV1Alpha1 +
                  " is gone since Kubernetes 1.24: update the plugin and write " + kV1Beta1 +
                  " or " + kV1);
  } else {
    exec.complain(std::string("apiVersion must be ") + kV1 + " or " + kV1Beta1);
  }
  return version;
}

/// A bare name is looked up in PATH when it is run.
std::string commandOf(const EntryReader& exec) {
  std::string command = exec.text("command");
  if (command.empty()) exec.complain("has no command: name the plugin's program");
  return command.find('/') == std::string::npos ? command : exec.resolved(command);
}

std::vector<std::pair<std::string, std::string>> environmentOf(const EntryReader& exec) {
  std::vector<std::pair<std::string, std::string>> variables;
  for (const EntryReader& variable : exec.sections("env", "{name, value}")) {
    const std::string name = variable.text("name");
    if (name.empty()) variable.complain("has no name");
    if (name.find('=') != std::string::npos) {
      variable.complain("has a = in its name: write the value under value");
    }
    variables.emplace_back(name, variable.text("value"));
  }
  return variables;
}

void checkInteractiveMode(const EntryReader& exec, const std::string& api_version) {
  const std::string mode = exec.text("interactiveMode");
  if (mode == "Never" || mode == "IfAvailable") return;
  if (mode.empty() && api_version == kV1) {
    exec.complain("has no interactiveMode, which this apiVersion demands: write Never");
  } else if (mode == "Always") {
    exec.complain(
        "interactiveMode Always wants a terminal to ask on, and there is none: use a plugin that "
        "can do without, and write Never or IfAvailable");
  } else if (!mode.empty()) {
    exec.complain("interactiveMode must be Never or IfAvailable");
  }
}

}  // namespace

ExecPlugin readExec(const EntryReader& user) {
  const EntryReader exec = user.section("exec");
  ExecPlugin plugin;
  plugin.label = user.entry().label;
  if (!exec.entry().body.IsMap()) return plugin;
  plugin.api_version = apiVersionOf(exec);
  plugin.command = commandOf(exec);
  plugin.arguments = exec.texts("args");
  plugin.environment = environmentOf(exec);
  plugin.install_hint = exec.text("installHint");
  if (exec.flag("provideClusterInfo")) plugin.cluster_info = json::Object();
  checkInteractiveMode(exec, plugin.api_version);
  return plugin;
}

json::Value execClusterInfo(const EntryReader& cluster, const Connection& connection) {
  json::Object info{{"server", connection.server}};
  const auto add = [&info](const char* key, const std::string& text) {
    if (!text.empty()) info.set(key, text);
  };
  add("tls-server-name", connection.tls_server_name);
  if (connection.insecure_skip_tls_verify) info.set("insecure-skip-tls-verify", true);
  add("certificate-authority-data", encodeBase64(connection.ca.pem));
  add("proxy-url", cluster.text("proxy-url"));
  if (cluster.flag("disable-compression")) info.set("disable-compression", true);
  for (const EntryReader& extension : cluster.sections("extensions", "{name, extension}")) {
    if (extension.text("name") == kConfigExtension && extension.has("extension")) {
      info.set("config", jsonOf(extension.entry().body["extension"]));
    }
  }
  return info;
}

}  // namespace k8s
