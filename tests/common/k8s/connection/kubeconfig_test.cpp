#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/k8s/connection/connection.h"
#include "tests/common/k8s/connection/test_surroundings.h"

namespace k8s {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

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

TEST_F(KubeconfigTest, TakesScalarsAsTheyAreWritten) {
  const auto connection = read(kubeconfig(kServer, "token: 0123",
                                          "cluster: kind, user: admin, "
                                          "namespace: yes"));
  ASSERT_TRUE(connection) << connection.error();
  EXPECT_EQ(connection->token, "0123");
  EXPECT_EQ(connection->name_space, "yes");
}

TEST_F(KubeconfigTest, TakesNullForAbsent) {
  const auto connection = read(kubeconfig(kServer + ", proxy-url: null, certificate-authority: ~",
                                          "token: abc, exec: null"));
  EXPECT_TRUE(connection) << connection.error();
}

TEST_F(KubeconfigTest, IgnoresExtensionsAndWhatOthersWrite) {
  const auto connection = read(kubeconfig(
      kServer + ", disable-compression: true, extensions: [{name: x, extension: {a: 1}}]",
      "token: abc"));
  EXPECT_TRUE(connection) << connection.error();
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
  std::string text =
      "clusters:\n- {name: good, cluster: {" + kServer +
      "}}\n- {name: bad, cluster: {}}\n"
      "users:\n- {name: good, user: {token: abc}}\n- {name: bad, user: {exec: {command: x}}}\n"
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

TEST_F(KubeconfigTest, AllProblemsAreNamedAtOnce) {
  const auto connection = read(kubeconfig(
      "server: 'http://host', proxy-url: 'http://proxy', certificate-authority: missing.crt",
      "exec: {command: aws}, as: root, client-key-data: '%'"));
  ASSERT_FALSE(connection);
  EXPECT_THAT(connection.error(),
              AllOf(HasSubstr("the kubeconfig can't be used: "),
                    HasSubstr("/k/config: cluster \"kind\": proxy-url is not supported"),
                    HasSubstr("only https"), HasSubstr("certificate-authority /k/missing.crt"),
                    HasSubstr("/k/config: user \"admin\": exec is not supported"),
                    HasSubstr("as is not supported"), HasSubstr("client-key-data is not base64"),
                    HasSubstr("client-key without client-certificate")));
}

TEST_F(KubeconfigTest, ProblemsNameTheFileOfTheirEntry) {
  world_.files["/a"] =
      "contexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n";
  world_.files["/b"] = "clusters: [{name: c, cluster: {}}]\nusers: [{name: u, user: {}}]\n";
  EXPECT_THAT(readFiles({"/a", "/b"}).error(),
              AllOf(HasSubstr("/b: cluster \"c\": has no server"),
                    HasSubstr("/b: user \"u\": has no credentials")));
}

TEST_F(KubeconfigTest, NoErrorQuotesASecret) {
  for (const char* user :
       {"token: [secret]", "password: secret, username: secret", "client-key-data: 'secret!'",
        "token: 'secret", "token: *secret", "token: \"\\qsecret\""}) {
    const auto connection = read(kubeconfig(kServer, user));
    ASSERT_FALSE(connection) << user;
    EXPECT_THAT(connection.error(), Not(HasSubstr("secret"))) << user;
  }
}

struct Broken {
  std::string text;
  std::string reason;
  std::string context = {};
};

class BrokenKubeconfigTest : public KubeconfigTest, public ::testing::WithParamInterface<Broken> {};

TEST_P(BrokenKubeconfigTest, IsRefusedWithItsReason) {
  const auto connection = read(GetParam().text, GetParam().context);
  ASSERT_FALSE(connection);
  EXPECT_THAT(connection.error(), HasSubstr(GetParam().reason));
}

Broken inCluster(const std::string& fields, const std::string& reason) {
  return {kubeconfig(fields, "token: abc"), "/k/config: cluster \"kind\": " + reason};
}
Broken inUser(const std::string& fields, const std::string& reason) {
  return {kubeconfig(kServer, fields), "/k/config: user \"admin\": " + reason};
}
Broken inContext(const std::string& fields, const std::string& reason) {
  return {kubeconfig(kServer, "token: abc", fields), reason};
}
const std::string kCure = "use a token, a tokenFile or a client certificate";

INSTANTIATE_TEST_SUITE_P(
    Documents, BrokenKubeconfigTest,
    ::testing::Values(
        Broken{"a: [", "/k/config is not valid YAML at line 1"},
        Broken{"a: b\n c: d\n", "/k/config is not valid YAML at line 2"},
        Broken{"just text", "/k/config is not a kubeconfig: a map is expected"},
        Broken{"- a\n- b\n", "a map is expected"},
        Broken{"a: b\n---\na: b\n", "more than one document"},
        // yaml-cpp reads these over and over again when asked for all documents.
        Broken{",", "more than one document"}, Broken{"[1],", "more than one document"},
        Broken{"kind: Pod\napiVersion: v1\n", "apiVersion v1 and kind Config are expected"},
        Broken{"kind: Config\napiVersion: v2\n", "apiVersion v1 and kind Config are expected"},
        Broken{"users: []\nusers: []\n", "has the key \"users\" twice in one place (line 2)"},
        Broken{kubeconfig(kServer + ", server: 'https://other'", "token: abc"),
               "has the key \"server\" twice"},
        Broken{kubeconfig(kServer, "token: a, token: b"), "has the key \"token\" twice"},
        Broken{"a: &a {b: c}\nd: {<<: *a}\n", "uses a merge key (<<)"},
        Broken{"a: &a [*a]\n", "nested too deep"},
        Broken{"? [a]\n: b\n", "a key that is not a string"},
        Broken{"clusters: {}\n", "/k/config: clusters must be a list of {name, cluster}"},
        Broken{"users: text\n", "users must be a list"},
        Broken{"contexts: [text]\n", "contexts[0] must be {name, context}"},
        Broken{"clusters: [{cluster: {}}]\n", "clusters[0] has no name"},
        Broken{"users: [{name: [], user: {}}]\n", "users[0]: name must be a string"},
        Broken{"users: [{name: a, user: text}]\n", "user \"a\": user must be a map"},
        Broken{"users: [{name: a}, {name: a}]\n", "users: the name \"a\" is given twice"},
        Broken{"current-context: [a]\n", "current-context must be a string"},
        Broken{"", "no context is chosen: current-context is not set, name one (there is none)"},
        Broken{"contexts: [{name: a}, {name: b}]\n", "name one (there are: a, b)"}));

INSTANTIATE_TEST_SUITE_P(
    Contexts, BrokenKubeconfigTest,
    ::testing::Values(
        Broken{kubeconfig(kServer, "token: abc"), "there is no context \"prod\" (there are: kind)",
               "prod"},
        inContext("user: admin", "/k/config: context \"kind\": names no cluster"),
        inContext("cluster: kind", "/k/config: context \"kind\": names no user"),
        inContext("cluster: other, user: admin", "there is no cluster \"other\" (there are: kind)"),
        inContext("cluster: kind, user: other", "there is no user \"other\" (there are: admin)"),
        inContext("cluster: kind, user: admin, namespace: {}", "namespace must be a string")));

INSTANTIATE_TEST_SUITE_P(
    Clusters, BrokenKubeconfigTest,
    ::testing::Values(
        inCluster("", "has no server"), inCluster("server: ''", "has no server"),
        inCluster("server: 'http://host'", "server \"http://host\": only https"),
        inCluster("server: host", "server \"host\" is not a URL that starts with https://"),
        inCluster("server: [a]", "server must be a string"),
        inCluster(kServer + ", proxy-url: 'http://proxy:3128'",
                  "proxy-url is not supported: use a direct way to the server"),
        inCluster(kServer + ", certificate-authority-data: '%%'",
                  "certificate-authority-data is not base64"),
        inCluster(kServer + ", certificate-authority: ca.crt",
                  "can't read certificate-authority /k/ca.crt: No such file or directory"),
        inCluster(kServer + ", certificate-authority: ca, certificate-authority-data: Q0E=",
                  "has both certificate-authority and certificate-authority-data: remove one"),
        inCluster(kServer + ", insecure-skip-tls-verify: true, certificate-authority-data: Q0E=",
                  "has both certificate-authority and insecure-skip-tls-verify"),
        inCluster(kServer + ", insecure-skip-tls-verify: maybe",
                  "insecure-skip-tls-verify must be true or false")));

INSTANTIATE_TEST_SUITE_P(
    Users, BrokenKubeconfigTest,
    ::testing::Values(
        inUser("", "has no credentials: give it a token, a tokenFile or a client certificate"),
        inUser("exec: {command: aws}", "exec is not supported: " + kCure),
        inUser("auth-provider: {name: gcp}", "auth-provider is not supported: " + kCure),
        inUser("username: a, password: b", "username is not supported: " + kCure),
        inUser("token: abc, password: b", "password is not supported: " + kCure),
        inUser("token: abc, as: root", "as is not supported: use a user with the rights itself"),
        inUser("token: abc, as-uid: '1'", "as-uid is not supported"),
        inUser("token: abc, as-groups: [a]", "as-groups is not supported"),
        inUser("token: abc, as-user-extra: {a: [b]}", "as-user-extra is not supported"),
        inUser("tokenFile: t", "can't read tokenFile /k/t: No such file or directory"),
        inUser("client-certificate-data: Q0E=", "has a client-certificate without client-key"),
        inUser("client-key-data: Q0E=", "has a client-key without client-certificate"),
        inUser("client-certificate-data: '=', client-key-data: Q0E=",
               "client-certificate-data is not base64"),
        inUser("token: {a: b}", "token must be a string")));

TEST_F(KubeconfigTest, EmptyAuthorityFileIsRefused) {
  world_.files["/k/ca.crt"] = "";
  EXPECT_THAT(read(kubeconfig(kServer + ", certificate-authority: ca.crt", "token: abc")).error(),
              HasSubstr("certificate-authority /k/ca.crt is empty"));
}

TEST_F(KubeconfigTest, UnreadableFileIsNotPassedOver) {
  world_.unreadable["/a"] = "Permission denied";
  world_.files["/k/config"] = kubeconfig(kServer, "token: abc");
  EXPECT_THAT(readFiles({"/a", "/k/config"}).error(),
              HasSubstr("/a can't be read: Permission denied"));
}

}  // namespace
}  // namespace k8s
