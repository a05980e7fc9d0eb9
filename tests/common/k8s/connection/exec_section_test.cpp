#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/json/write.h"
#include "common/k8s/connection/connection.h"
#include "tests/common/k8s/connection/test_surroundings.h"

namespace k8s {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

class ExecSectionTest : public ::testing::Test {
 protected:
  /// Of a kubeconfig whose user has `exec` and perhaps more.
  Connection read(const std::string& exec, const std::string& more = "",
                  const std::string& cluster = "server: 'https://host'") {
    world_.files["/k/config"] = "clusters:\n- name: c\n  cluster: {" + cluster +
                                "}\nusers:\n- name: u\n  user: {exec: {" + exec + "}" + more +
                                "}\ncontexts:\n- name: x\n  context: {cluster: c, user: u}\n"
                                "current-context: x\n";
    auto connection = kubeconfigConnection({"/k/config"}, "", world_.make());
    EXPECT_TRUE(connection) << connection.error();
    return std::move(connection).value_or(Connection());
  }
  ExecPlugin plugin(const std::string& exec,
                    const std::string& cluster = "server: 'https://host'") {
    return read(exec, "", cluster).exec.value_or(ExecPlugin());
  }
  std::string clusterInfo(const std::string& cluster) {
    const auto info = plugin(kBeta + "provideClusterInfo: true", cluster).cluster_info;
    return info ? json::write(*info) : "none";
  }

  const std::string kBeta = "apiVersion: client.authentication.k8s.io/v1beta1, command: aws, ";
  testing_support::TestSurroundings world_;
};

TEST_F(ExecSectionTest, IsReadWhole) {
  const ExecPlugin read = plugin(
      "apiVersion: client.authentication.k8s.io/v1, command: aws, args: [eks, get-token, 010], "
      "env: [{name: AWS_PROFILE, value: prod}, {name: EMPTY}], installHint: get it, "
      "interactiveMode: Never");
  EXPECT_EQ(read.label, "/k/config: user \"u\"");
  EXPECT_EQ(read.api_version, "client.authentication.k8s.io/v1");
  EXPECT_EQ(read.command, "aws");
  EXPECT_THAT(read.arguments, ElementsAre("eks", "get-token", "010"));
  EXPECT_THAT(read.environment, ElementsAre(Pair("AWS_PROFILE", "prod"), Pair("EMPTY", "")));
  EXPECT_EQ(read.install_hint, "get it");
  EXPECT_FALSE(read.cluster_info);
}

TEST_F(ExecSectionTest, NeedsNoInteractiveModeInV1Beta1) {
  EXPECT_EQ(plugin(kBeta + "args: null, env: ~").command, "aws");
  EXPECT_EQ(plugin(kBeta + "interactiveMode: IfAvailable").command, "aws");
}

TEST_F(ExecSectionTest, CommandWithASlashStartsAtTheKubeconfigsFolder) {
  const std::string version = "apiVersion: client.authentication.k8s.io/v1beta1, command: ";
  EXPECT_EQ(plugin(version + "bin/plugin").command, "/k/bin/plugin");
  EXPECT_EQ(plugin(version + "./plugin").command, "/k/./plugin");
  EXPECT_EQ(plugin(version + "/opt/plugin").command, "/opt/plugin");
}

// client-go (plugin/pkg/client/auth/exec, UpdateTransportConfig) leaves the plugin alone then.
TEST_F(ExecSectionTest, IsNotUsedBesidesATokenOrACertificate) {
  world_.files["/k/token"] = "abc";
  EXPECT_FALSE(read(kBeta, ", token: abc").exec);
  EXPECT_FALSE(read(kBeta, ", tokenFile: token").exec);
  EXPECT_FALSE(read(kBeta, ", client-certificate-data: Q0E=, client-key-data: Q0E=").exec);
  EXPECT_TRUE(read(kBeta, ", as: jane").exec);
}

TEST_F(ExecSectionTest, ClusterInfoIsGivenOnlyWhenAskedFor) {
  EXPECT_FALSE(plugin(kBeta + "provideClusterInfo: false").cluster_info);
  EXPECT_EQ(clusterInfo("server: 'https://host'"), R"({"server":"https://host"})");
}

TEST_F(ExecSectionTest, ClusterInfoHoldsWhatTheClusterHas) {
  EXPECT_EQ(clusterInfo("server: 'https://host/prefix', tls-server-name: other, "
                        "certificate-authority-data: Q0E=, proxy-url: 'http://a:b@proxy', "
                        "disable-compression: true"),
            R"({"server":"https://host/prefix","tls-server-name":"other",)"
            R"("certificate-authority-data":"Q0E=","proxy-url":"http://a:b@proxy",)"
            R"("disable-compression":true})");
  EXPECT_EQ(clusterInfo("server: 'https://host', insecure-skip-tls-verify: true"),
            R"({"server":"https://host","insecure-skip-tls-verify":true})");
}

TEST_F(ExecSectionTest, ClusterInfoHoldsTheAuthoritysFile) {
  world_.files["/k/ca.crt"] = "CA";
  EXPECT_EQ(clusterInfo("server: 'https://host', certificate-authority: ca.crt"),
            R"({"server":"https://host","certificate-authority-data":"Q0E="})");
}

TEST_F(ExecSectionTest, ClusterInfoHoldsThePluginsOwnExtension) {
  EXPECT_EQ(clusterInfo("server: 'https://host', extensions: [{name: other, extension: {a: 1}}, "
                        "{name: client.authentication.k8s.io/exec, extension: "
                        "{audience: 0123, wait: 3, tags: [yes, 'true', true]}}]"),
            R"({"server":"https://host","config":)"
            R"({"audience":123,"wait":3,"tags":["yes","true",true]}})");
}

}  // namespace
}  // namespace k8s
