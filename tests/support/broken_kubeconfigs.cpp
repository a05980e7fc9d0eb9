#include "tests/support/broken_kubeconfigs.h"

#include <yaml-cpp/yaml.h>

#include "common/k8s/connection/base64.h"
#include "tests/support/test_certificates.h"

namespace testing_support {
namespace {

using Values = std::map<std::string, std::string>;

Values certificates() {
  const TestCertificateAuthority authority;
  const CertificateAndKey client = authority.issue({});
  const CertificateAndKey other = authority.issue({});
  const CertificateAndKey encrypted = authority.issue({.key_format = KeyFormat::kEncrypted});
  return {{"$CERTIFICATE", k8s::encodeBase64(client.certificate_pem)},
          {"$KEY", k8s::encodeBase64(client.key_pem)},
          {"$OTHER_KEY", k8s::encodeBase64(other.key_pem)},
          {"$ENCRYPTED_KEY", k8s::encodeBase64(encrypted.key_pem)}};
}

std::string filledIn(std::string text, const Values& values) {
  for (const auto& [name, value] : values) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at)) {
      text.replace(at, name.size(), value);
    }
  }
  return text;
}

std::string textOr(const YAML::Node& row, const std::string& key, const std::string& fallback) {
  return row[key] ? row[key].Scalar() : fallback;
}

/// The row's text, else a sound kubeconfig but for the fields that the row has.
std::string configOf(const YAML::Node& row) {
  if (row["config"]) return row["config"].Scalar();
  return "apiVersion: v1\nkind: Config\ncurrent-context: kind\nclusters:\n- name: kind\n"
         "  cluster: {" +
         textOr(row, "cluster", "server: 'https://127.0.0.1:1'") +
         "}\nusers:\n- name: admin\n  user: {" + textOr(row, "user", "token: s3cr3t") +
         "}\ncontexts:\n- name: kind\n  context: {" +
         textOr(row, "context", "cluster: kind, user: admin") + "}\n";
}

Values valuesOf(const YAML::Node& map, const Values& values) {
  Values filled;
  for (const auto& entry : map) {
    filled[entry.first.Scalar()] = filledIn(entry.second.Scalar(), values);
  }
  return filled;
}

BrokenKubeconfig readRow(const YAML::Node& row, const Values& values) {
  BrokenKubeconfig broken{.name = row["name"].Scalar(),
                          .files = valuesOf(row["files"], values),
                          .context = textOr(row, "choose", ""),
                          .environment = valuesOf(row["environment"], values),
                          .is_found_by_reading = !row["found-by"]};
  for (const auto& file : row["list"]) broken.list.push_back(file.Scalar());
  for (const auto& part : row["says"]) broken.says.push_back(part.Scalar());
  if (broken.list.empty()) broken.files["config"] = filledIn(configOf(row), values);
  return broken;
}

}  // namespace

std::vector<BrokenKubeconfig> brokenKubeconfigs(const std::string& table) {
  const Values values = certificates();
  std::vector<BrokenKubeconfig> rows;
  for (const auto& row : YAML::LoadFile(table)) rows.push_back(readRow(row, values));
  return rows;
}

BrokenKubeconfig placedIn(const std::string& folder, BrokenKubeconfig row) {
  for (std::string& file : row.list) file = filledIn(file, {{"$DIR", folder}});
  for (std::string& part : row.says) part = filledIn(part, {{"$DIR", folder}});
  return row;
}

std::vector<std::string> secretsOfBrokenKubeconfigs() {
  return {"s3cr3t", k8s::encodeBase64("s3cr3t"), "BEGIN"};
}

}  // namespace testing_support
