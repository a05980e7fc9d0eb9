#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/k8s/connection/connection.h"
#include "tests/common/k8s/connection/test_surroundings.h"

namespace k8s {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

/// A kubeconfig with one context, of the fields given.
std::string kubeconfig(const std::string& cluster, const std::string& user,
                       const std::string& context = "cluster: kind, user: admin") {
  return "apiVersion: v1\nkind: Config\ncurrent-context: kind\npreferences: {}\n"
         "clusters:\n- name: kind\n  cluster: {" +
         cluster +
         "}\n"
         "users:\n- name: admin\n  user: {" +
         user +
         "}\n"
         "contexts:\n- name: kind\n  context: {" +
         context + "}\n";
}
const std::string kServer = "server: 'https://host:6443'";

class KubeconfigTest : public ::testing::Test {
 protected:
  tl::expected<Connection, std::string> read(const std::string& text,
                                             const std::string& context = "") {
    world_.files["/k/config"] = text;
    return readFiles({"/k/config"}, context);
  }
  tl::expected<Connection, std::string> readFiles(const std::vector<std::string>& files,
                                                  const std::string& context = "") {
    return kubeconfigConnection(files, context, world_.make());
  }

  testing_support::TestSurroundings world_;
};

TEST_F(KubeconfigTest, ReadsInlineDataAndToken) {
  const auto connection =
      read(kubeconfig(kServer + ", certificate-authority-data: Q0E=",
                      "token: abc, client-certificate-data: Q0VSVA==, client-key-data: S0VZ",
                      "cluster: kind, user: admin, namespace: noobaa"));
  ASSERT_TRUE(connection) << connection.error();
  EXPECT_EQ(connection->source, "kubeconfig /k/config, context kind");
  EXPECT_EQ(connection->server, "https://host:6443");
  EXPECT_EQ(connection->ca.pem, "CA");
  EXPECT_EQ(connection->client_certificate.pem, "CERT");
  EXPECT_EQ(connection->client_key.pem, "KEY");
  EXPECT_EQ(connection->token, "abc");
  EXPECT_EQ(connection->name_space, "noobaa");
  EXPECT_EQ(connection->ca.file, "");
  EXPECT_EQ(connection->client_key.label, "/k/config: user \"admin\": client-key-data");
}

TEST_F(KubeconfigTest, ReadsFilesRelativeToItsOwnFolder) {
  world_.files["/k/pki/ca.crt"] = "CA";
  world_.files["/k/cert.pem"] = "CERT";
  world_.files["/absolute/key.pem"] = "KEY";
  world_.files["/k/token"] = "abc";
  const auto connection = read(
      kubeconfig(kServer + ", certificate-authority: pki/ca.crt",
                 "tokenFile: token, client-certificate: cert.pem, client-key: /absolute/key.pem"));
  ASSERT_TRUE(connection) << connection.error();
  EXPECT_EQ(connection->ca.pem, "CA");
  EXPECT_EQ(connection->client_certificate.pem, "CERT");
  EXPECT_EQ(connection->client_key.pem, "KEY");
  EXPECT_EQ(connection->token_file, "/k/token");
  EXPECT_EQ(connection->ca.file, "/k/pki/ca.crt");
  EXPECT_EQ(connection->client_certificate.file, "/k/cert.pem");
  EXPECT_EQ(connection->client_key.file, "/absolute/key.pem");
  EXPECT_EQ(connection->ca.label,
            "/k/config: cluster \"kind\": certificate-authority /k/pki/ca.crt");
}

TEST_F(KubeconfigTest, ReadsTlsOptions) {
  auto connection = read(kubeconfig(kServer + ", tls-server-name: kubernetes", "token: abc"));
  ASSERT_TRUE(connection) << connection.error();
  EXPECT_EQ(connection->tls_server_name, "kubernetes");
  EXPECT_FALSE(connection->insecure_skip_tls_verify);
  connection = read(kubeconfig(kServer + ", insecure-skip-tls-verify: true", "token: abc"));
  ASSERT_TRUE(connection) << connection.error();
  EXPECT_TRUE(connection->insecure_skip_tls_verify);
}

TEST_F(KubeconfigTest, TakesBooleansInEachOfYamlsSpellings) {
  for (const auto& [spelling, meaning] : std::map<std::string, bool>{{"true", true},
                                                                     {"True", true},
                                                                     {"TRUE", true},
                                                                     {"false", false},
                                                                     {"False", false},
                                                                     {"FALSE", false}}) {
    const auto connection =
        read(kubeconfig(kServer + ", insecure-skip-tls-verify: " + spelling, "token: abc"));
    ASSERT_TRUE(connection) << connection.error();
    EXPECT_EQ(connection->insecure_skip_tls_verify, meaning) << spelling;
  }
}

TEST_F(KubeconfigTest, PassesOverAPasswordBesidesAClientCertificate) {
  const auto connection = read(kubeconfig(kServer,
                                          "username: admin, password: abc, "
                                          "client-certificate-data: Q0VSVA==, "
                                          "client-key-data: S0VZ"));
  ASSERT_TRUE(connection) << connection.error();
  EXPECT_EQ(connection->client_certificate.pem, "CERT");
  EXPECT_EQ(connection->token, "");
}

TEST_F(KubeconfigTest, TakesScalarsAsTheyAreWritten) {
  const auto connection = read(kubeconfig(kServer, "token: 0123",
                                          "cluster: kind, user: admin, "
                                          "namespace: yes"));
  ASSERT_TRUE(connection) << connection.error();
  EXPECT_EQ(connection->token, "0123");
  EXPECT_EQ(connection->name_space, "yes");
}

TEST_F(KubeconfigTest, TakesNullForAbsent) {
  const auto connection = read(kubeconfig(
      kServer + ", proxy-url: null, certificate-authority: ~, certificate-authority-data: ''",
      "token: abc, exec: null"));
  EXPECT_TRUE(connection) << connection.error();
}

TEST_F(KubeconfigTest, IgnoresExtensionsAndWhatOthersWrite) {
  const auto connection = read(kubeconfig(
      kServer + ", disable-compression: true, extensions: [{name: x, extension: {a: 1}}]",
      "token: abc"));
  EXPECT_TRUE(connection) << connection.error();
}

TEST_F(KubeconfigTest, TakesOffTheLineBreakThatABlockScalarEndsIn) {
  EXPECT_EQ(read(kubeconfig(kServer, "token: \"abc\\n\""))->token, "abc");
}

TEST_F(KubeconfigTest, TakesByteOrderMarkAndCarriageReturns) {
  std::string text = kubeconfig(kServer, "token: abc");
  for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2)) {
    text.insert(at, "\r");
  }
  const auto connection = read("\xEF\xBB\xBF" + text);
  ASSERT_TRUE(connection) << connection.error();
  EXPECT_EQ(connection->token, "abc");
  EXPECT_EQ(connection->server, "https://host:6443");
}

TEST_F(KubeconfigTest, ReadsUtf16AsWindowsWritesIt) {
  std::string wide = "\xFF\xFE";
  for (const char character : kubeconfig(kServer, "token: abc")) wide += {character, '\0'};
  const auto connection = read(wide);
  ASSERT_TRUE(connection) << connection.error();
  EXPECT_EQ(connection->token, "abc");
}

TEST_F(KubeconfigTest, ReadsTheProxy) {
  const auto connection =
      read(kubeconfig(kServer + ", proxy-url: 'http://me:pw@proxy:3128'", "token: abc"));
  ASSERT_TRUE(connection) << connection.error();
  ASSERT_TRUE(connection->proxy);
  EXPECT_EQ(connection->proxy->authority, "proxy:3128");
  EXPECT_EQ(connection->proxy->authorization, "Basic bWU6cHc=");
  EXPECT_EQ(connection->proxy->source, "/k/config: cluster \"kind\": proxy-url");
}

TEST_F(KubeconfigTest, ReadsImpersonation) {
  const auto connection = read(kubeconfig(kServer,
                                          "token: abc, as: jane, as-uid: 0123, as-groups: [a, b], "
                                          "as-user-extra: {reason: [backup, test], scopes: []}"));
  ASSERT_TRUE(connection) << connection.error();
  EXPECT_EQ(connection->impersonation.user, "jane");
  EXPECT_EQ(connection->impersonation.uid, "0123");
  EXPECT_THAT(connection->impersonation.groups, ElementsAre("a", "b"));
  EXPECT_THAT(
      connection->impersonation.extra,
      ElementsAre(Pair("reason", ElementsAre("backup", "test")), Pair("scopes", ElementsAre())));
}

TEST_F(KubeconfigTest, ReadsJson) {
  const auto connection = read(
      R"({"apiVersion":"v1","kind":"Config","current-context":"x",)"
      R"("clusters":[{"name":"c","cluster":{"server":"https:\/\/host","insecure-skip-tls-verify":false}}],)"
      R"("users":[{"name":"u","user":{"token":"abc"}}],)"
      R"("contexts":[{"name":"x","context":{"cluster":"c","user":"u"}}]})");
  ASSERT_TRUE(connection) << connection.error();
  EXPECT_EQ(connection->server, "https://host");
  EXPECT_EQ(connection->token, "abc");
}

TEST_F(KubeconfigTest, WishedContextBeatsTheCurrentOne) {
  std::string text = kubeconfig(kServer, "token: abc");
  text += "- name: other\n  context: {cluster: kind, user: admin, namespace: other}\n";
  EXPECT_EQ(read(text, "other")->name_space, "other");
}

TEST_F(KubeconfigTest, WhatOtherContextsUseIsNotJudged) {
  std::string text = "clusters:\n- {name: good, cluster: {" + kServer +
                     "}}\n- {name: bad, cluster: {}}\n"
                     "users:\n- {name: good, user: {token: abc}}\n- {name: bad, user: {exec: "
                     "{command: x}}}\n- {user: {}}\n"
                     "contexts:\n- {name: good, context: {cluster: good, user: good}}\n"
                     "- {name: bad, context: {cluster: bad, user: bad}}\ncurrent-context: good\n";
  EXPECT_TRUE(read(text)) << read(text).error();
  EXPECT_FALSE(read(text, "bad"));
}

TEST_F(KubeconfigTest, FirstFileOfANameWinsWhole) {
  world_.files["/a/config"] = kubeconfig("server: 'https://first'", "tokenFile: token");
  world_.files["/a/token"] = "abc";
  world_.files["/b/config"] =
      kubeconfig("server: 'https://second', tls-server-name: second", "token: second",
                 "cluster: kind, user: admin, namespace: second");
  const auto connection = readFiles({"/a/config", "/b/config"});
  ASSERT_TRUE(connection) << connection.error();
  EXPECT_EQ(connection->server, "https://first");
  EXPECT_EQ(connection->tls_server_name, "");
  EXPECT_EQ(connection->token, "");
  EXPECT_EQ(connection->token_file, "/a/token");
  EXPECT_EQ(connection->name_space, "");
}

TEST_F(KubeconfigTest, PartsMayLieInSeveralFiles) {
  world_.files["/a/config"] = "contexts: [{name: x, context: {cluster: c, user: u}}]\n";
  world_.files["/b/config"] = "current-context: x\nusers: [{name: u, user: {tokenFile: token}}]\n";
  world_.files["/b/token"] = "abc";
  world_.files["/c/config"] =
      "current-context: y\nclusters: [{name: c, cluster: {" + kServer + "}}]\n";
  const auto connection = readFiles({"/a/config", "/missing", "/b/config", "/c/config"});
  ASSERT_TRUE(connection) << connection.error();
  EXPECT_EQ(connection->token_file, "/b/token");
  EXPECT_EQ(connection->source, "kubeconfig /a/config, context x");
}

TEST_F(KubeconfigTest, EmptyFileAddsNothing) {
  world_.files["/empty"] = "# nothing\n";
  world_.files["/k/config"] = kubeconfig(kServer, "token: abc");
  EXPECT_TRUE(readFiles({"/empty", "/k/config"}));
}

TEST_F(KubeconfigTest, WhatIsOfTheWrongTypeIsNotCalledMissingToo) {
  for (const auto& [text, problem] : std::map<std::string, std::string>{
           {kubeconfig("server: []", "token: abc"), "cluster \"kind\": server must be a string"},
           {kubeconfig(kServer, "token: []"), "user \"admin\": token must be a string"},
           {kubeconfig(kServer, "tokenFile: {}"), "user \"admin\": tokenFile must be a string"},
           {kubeconfig(kServer, "exec: aws"), "user \"admin\": exec must be a map"},
           {kubeconfig(kServer, "token: abc", "cluster: [], user: admin"),
            "context \"kind\": cluster must be a string"}}) {
    EXPECT_EQ(read(text).error(), "the kubeconfig can't be used: /k/config: " + problem);
  }
}

TEST_F(KubeconfigTest, TheParsersReasonIsGivenWithoutWhatItQuotes) {
  EXPECT_EQ(read("a: \"\\q\"").error(),
            "the kubeconfig can't be used: /k/config is not valid YAML at line 1, column 7: "
            "unknown escape character");
}

TEST_F(KubeconfigTest, ALongListOfNamesIsCut) {
  std::string text = kubeconfig(kServer, "token: abc");
  for (int number = 0; number < 30; ++number) {
    text += "- {name: c" + std::to_string(number) + "}\n";
  }
  EXPECT_THAT(read(text, "absent").error(), HasSubstr(" and 11 more)"));
}

TEST_F(KubeconfigTest, UnreadableFileIsNotPassedOver) {
  world_.unreadable["/a"] = "Permission denied";
  world_.files["/k/config"] = kubeconfig(kServer, "token: abc");
  EXPECT_THAT(readFiles({"/a", "/k/config"}).error(),
              HasSubstr("/a can't be read: Permission denied"));
}

}  // namespace
}  // namespace k8s
