#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/k8s/connection/connection.h"
#include "tests/common/k8s/connection/test_surroundings.h"

namespace k8s {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string kubeconfigOf(const std::string& server) {
  return "clusters: [{name: c, cluster: {server: '" + server + "'}}]\n" +
         "users: [{name: u, user: {token: t}}]\n" +
         "contexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n";
}

class FindConnectionTest : public ::testing::Test {
 protected:
  void beInCluster() {
    world_.environment["KUBERNETES_SERVICE_HOST"] = "10.96.0.1";
    world_.environment["KUBERNETES_SERVICE_PORT"] = "443";
    world_.files["/sa/ca.crt"] = "the CA";
    world_.files["/sa/token"] = "the token\n";
    world_.files["/sa/namespace"] = "noobaa\n";
  }
  tl::expected<Connection, std::string> find(const ConnectionChoice& choice = {}) {
    return findConnection(choice, world_.make());
  }
  std::string serverOf(const ConnectionChoice& choice = {}) {
    const auto connection = find(choice);
    return connection ? connection->server : connection.error();
  }

  testing_support::TestSurroundings world_;
};

TEST_F(FindConnectionTest, InClusterUsesThePodsFiles) {
  beInCluster();
  const auto connection = find();
  ASSERT_TRUE(connection) << connection.error();
  EXPECT_EQ(connection->source, "in-cluster");
  EXPECT_EQ(connection->server, "https://10.96.0.1:443");
  EXPECT_EQ(connection->ca.pem, "the CA");
  EXPECT_EQ(connection->ca.file, "/sa/ca.crt");
  EXPECT_EQ(connection->token_file, "/sa/token");
  EXPECT_EQ(connection->token, "");
  EXPECT_EQ(connection->name_space, "noobaa");
  EXPECT_FALSE(connection->insecure_skip_tls_verify);
}

// Item 22.
TEST_F(FindConnectionTest, InClusterBracketsIPv6) {
  beInCluster();
  world_.environment["KUBERNETES_SERVICE_HOST"] = "fd00:10:96::1";
  EXPECT_EQ(serverOf(), "https://[fd00:10:96::1]:443");
}

TEST_F(FindConnectionTest, PodNamespaceVariableBeatsTheFile) {
  beInCluster();
  world_.environment["POD_NAMESPACE"] = "from-variable";
  EXPECT_EQ(find()->name_space, "from-variable");
}

TEST_F(FindConnectionTest, MissingNamespaceFileLeavesTheNamespaceOpen) {
  beInCluster();
  world_.files.erase("/sa/namespace");
  EXPECT_EQ(find()->name_space, "");
}

TEST_F(FindConnectionTest, InClusterProblemsAreNamedTogether) {
  beInCluster();
  world_.environment["KUBERNETES_SERVICE_PORT"] = "tcp://x";
  world_.files.erase("/sa/ca.crt");
  world_.unreadable["/sa/token"] = "Permission denied";
  EXPECT_THAT(find().error(),
              AllOf(HasSubstr("in-cluster: "), HasSubstr("tcp://x"),
                    HasSubstr("/sa/ca.crt: No such file or directory"),
                    HasSubstr("/sa/token: Permission denied"), HasSubstr("automount")));
}

TEST_F(FindConnectionTest, EmptyFilesOfThePodAreRefused) {
  beInCluster();
  world_.files["/sa/ca.crt"] = "\n";
  world_.files["/sa/token"] = " \n";
  EXPECT_THAT(find().error(),
              AllOf(HasSubstr("/sa/ca.crt is empty"), HasSubstr("/sa/token is empty")));
}

TEST_F(FindConnectionTest, OutsideAClusterInClusterSaysWhichVariablesItMisses) {
  world_.environment["KUBERNETES_SERVICE_HOST"] = "10.96.0.1";
  EXPECT_THAT(inClusterConnection(world_.make()).error(),
              AllOf(HasSubstr("not in a cluster"), HasSubstr("KUBERNETES_SERVICE_PORT")));
}

TEST_F(FindConnectionTest, NamedFileBeatsAllElse) {
  beInCluster();
  world_.environment["KUBECONFIG"] = "/env";
  world_.files["/named"] = kubeconfigOf("https://named");
  world_.files["/env"] = kubeconfigOf("https://env");
  EXPECT_EQ(serverOf({.kubeconfig = "/named", .context = ""}), "https://named");
}

TEST_F(FindConnectionTest, NamedFileMustExist) {
  beInCluster();
  EXPECT_EQ(serverOf({.kubeconfig = "/named", .context = ""}),
            "the kubeconfig can't be used: there is no such file: /named");
}

TEST_F(FindConnectionTest, VariableBeatsCluster) {
  beInCluster();
  world_.environment["KUBECONFIG"] = "/env";
  world_.files["/env"] = kubeconfigOf("https://env");
  EXPECT_EQ(serverOf(), "https://env");
}

TEST_F(FindConnectionTest, VariableSkipsMissingFilesEmptyMembersAndRepetitions) {
  world_.environment["KUBECONFIG"] = ":/missing::/env:/env:";
  world_.files["/env"] = kubeconfigOf("https://env");
  EXPECT_EQ(serverOf(), "https://env");
}

TEST_F(FindConnectionTest, VariableWithMissingFilesOnlyIsRefused) {
  world_.environment["KUBECONFIG"] = "/a:/b";
  EXPECT_THAT(find().error(), HasSubstr("none of these exists: /a, /b"));
}

TEST_F(FindConnectionTest, ClusterBeatsHome) {
  beInCluster();
  world_.files["/home/me/.kube/config"] = kubeconfigOf("https://home");
  EXPECT_EQ(serverOf(), "https://10.96.0.1:443");
}

TEST_F(FindConnectionTest, HomeComesLast) {
  world_.files["/home/me/.kube/config"] = kubeconfigOf("https://home");
  EXPECT_EQ(serverOf(), "https://home");
}

TEST_F(FindConnectionTest, ContextWithoutKubeconfigInAClusterIsRefused) {
  beInCluster();
  EXPECT_THAT(find({.kubeconfig = "", .context = "prod"}).error(), HasSubstr("context \"prod\""));
}

TEST_F(FindConnectionTest, NothingAtAllNamesEveryPlaceLookedAt) {
  EXPECT_THAT(find().error(),
              AllOf(HasSubstr("--kubeconfig"), HasSubstr("KUBECONFIG"),
                    HasSubstr("KUBERNETES_SERVICE_HOST"), HasSubstr("~/.kube/config")));
}

TEST_F(FindConnectionTest, UnreadableFileAtHomeIsNotPassedOver) {
  world_.unreadable["/home/me/.kube/config"] = "Permission denied";
  EXPECT_THAT(find().error(), HasSubstr("/home/me/.kube/config can't be read: Permission denied"));
}

TEST_F(FindConnectionTest, TakesTheProxyOfTheEnvironmentAlsoInACluster) {
  beInCluster();
  world_.environment["https_proxy"] = "proxy:3128";
  const auto connection = find();
  ASSERT_TRUE(connection) << connection.error();
  ASSERT_TRUE(connection->proxy);
  EXPECT_EQ(connection->proxy->authority, "proxy:3128");
  world_.environment["no_proxy"] = "10.0.0.0/8";
  EXPECT_FALSE(find()->proxy);
}

TEST_F(FindConnectionTest, TheKubeconfigsProxyBeatsTheEnvironments) {
  world_.environment["HTTPS_PROXY"] = "socks5://unusable";
  world_.files["/home/me/.kube/config"] = kubeconfigOf("https://home', proxy-url: 'http://own:1");
  const auto connection = find();
  ASSERT_TRUE(connection) << connection.error();
  ASSERT_TRUE(connection->proxy);
  EXPECT_EQ(connection->proxy->authority, "own:1");
}

TEST(SurroundingsTest, OfProcessHaveItsEnvironmentAndFiles) {
  const auto surroundings = Surroundings::ofProcess();
  EXPECT_NE(surroundings.variable("PATH"), "");
  EXPECT_EQ(surroundings.read_file("/").error(), "Is a directory");
}

}  // namespace
}  // namespace k8s
