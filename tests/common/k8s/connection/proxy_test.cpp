#include "common/k8s/connection/proxy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace k8s {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct GoodUrl {
  const char* url;
  const char* host;
  int port;
  const char* authority;
  const char* authorization;
};

class ProxyUrlTest : public ::testing::TestWithParam<GoodUrl> {};

TEST_P(ProxyUrlTest, IsTakenApart) {
  const auto proxy = parseProxyUrl(GetParam().url, "the test's variable");
  ASSERT_TRUE(proxy) << proxy.error();
  EXPECT_EQ(proxy->host, GetParam().host);
  EXPECT_EQ(proxy->port, GetParam().port);
  EXPECT_EQ(proxy->authority, GetParam().authority);
  EXPECT_EQ(proxy->authorization, GetParam().authorization);
  EXPECT_EQ(proxy->source, "the test's variable");
}

INSTANTIATE_TEST_SUITE_P(
    Forms, ProxyUrlTest,
    ::testing::Values(
        GoodUrl{"http://proxy:3128", "proxy", 3128, "proxy:3128", ""},
        GoodUrl{"http://proxy", "proxy", 80, "proxy:80", ""},
        GoodUrl{"HTTP://Proxy:3128/", "Proxy", 3128, "Proxy:3128", ""},
        GoodUrl{"http://10.0.0.1:3128", "10.0.0.1", 3128, "10.0.0.1:3128", ""},
        GoodUrl{"http://[fd00::1]:3128", "fd00::1", 3128, "[fd00::1]:3128", ""},
        GoodUrl{"http://[fd00::1]", "fd00::1", 80, "[fd00::1]:80", ""},
        GoodUrl{"http://user:pass@proxy:3128", "proxy", 3128, "proxy:3128", "Basic dXNlcjpwYXNz"},
        GoodUrl{"http://user@proxy", "proxy", 80, "proxy:80", "Basic dXNlcjo="},
        GoodUrl{"http://:pass@proxy", "proxy", 80, "proxy:80", "Basic OnBhc3M="},
        // a:b@/%
        GoodUrl{"http://u:a%3Ab%40%2f%25@proxy", "proxy", 80, "proxy:80", "Basic dTphOmJALyU="},
        GoodUrl{"http://u:a:b@c@proxy", "proxy", 80, "proxy:80", "Basic dTphOmJAYw=="},
        GoodUrl{"http://u:a+b@proxy", "proxy", 80, "proxy:80", "Basic dTphK2I="},
        // Trap 24: nobody is nobody, not somebody without a name.
        GoodUrl{"http://@proxy", "proxy", 80, "proxy:80", ""}));

struct BadUrl {
  const char* url;
  const char* reason;
};

class BadProxyUrlTest : public ::testing::TestWithParam<BadUrl> {};

TEST_P(BadProxyUrlTest, IsRefusedWithTheCureAndWithoutASecret) {
  const auto proxy = parseProxyUrl(GetParam().url, "the test's variable");
  ASSERT_FALSE(proxy);
  EXPECT_THAT(proxy.error(), StartsWith("the test's variable "));
  EXPECT_THAT(proxy.error(), HasSubstr(GetParam().reason));
  EXPECT_THAT(proxy.error(), HasSubstr("write http://[user:password@]host[:port]"));
  EXPECT_THAT(proxy.error(), Not(HasSubstr("s3cr3t")));
}

INSTANTIATE_TEST_SUITE_P(
    Forms, BadProxyUrlTest,
    ::testing::Values(
        BadUrl{"", "not a URL"}, BadUrl{"proxy:3128", "not a URL"},
        BadUrl{"user:s3cr3t@proxy:3128", "not a URL"}, BadUrl{"s3cr3t://proxy", "not a URL"},
        BadUrl{"https://user:s3cr3t@proxy", "https proxy"}, BadUrl{"HTTPS://proxy", "https proxy"},
        BadUrl{"socks5://user:s3cr3t@proxy", "socks5 proxy"},
        BadUrl{"socks5h://proxy", "socks5h proxy"}, BadUrl{"http://", "no valid host"},
        BadUrl{"http://user:s3cr3t@", "no valid host"}, BadUrl{"http://:3128", "no valid host"},
        BadUrl{"http://fd00::1", "in brackets"}, BadUrl{"http://[fd00::1", "no valid host"},
        BadUrl{"http://proxy:", "no valid port"}, BadUrl{"http://proxy:0", "no valid port"},
        BadUrl{"http://proxy:65536", "no valid port"},
        BadUrl{"http://user:s3cr3t", "no valid port"},  // the host is forgotten
        BadUrl{"http://proxy/path", "percent-encoded"},
        BadUrl{"http://user:1/s3cr3t@proxy", "percent-encoded"},
        BadUrl{"http://user:1?s3cr3t@proxy", "percent-encoded"},
        BadUrl{"http://user:1#s3cr3t@proxy", "percent-encoded"},
        BadUrl{"http://user:s3cr3t and@proxy", "percent-encoded"},
        BadUrl{"http://proxy\r\nEvil: 1", "percent-encoded"},
        BadUrl{"http://pr\xc3\xb6xy", "percent-encoded"},
        BadUrl{"http://user:s3cr3t%@proxy", "(% itself is %25)"},
        BadUrl{"http://user:s3cr3t%2@proxy", "(% itself is %25)"},
        BadUrl{"http://user:s3cr3t%-1@proxy", "(% itself is %25)"},
        BadUrl{"http://us%zzer:s3cr3t@proxy", "(% itself is %25)"}));

class ProxyFromEnvironmentTest : public ::testing::Test {
 protected:
  /// host:port of the proxy, empty when there is none, else the error.
  std::string proxyFor(const std::string& server = "https://api.example.com:6443") {
    const auto proxy = proxyFromEnvironment(parseServerUrl(server).value(), environment_);
    if (!proxy) return "error: " + proxy.error();
    return *proxy ? (*proxy)->source + " " + (*proxy)->authority : "";
  }

  std::map<std::string, std::string> environment_;
};

TEST_F(ProxyFromEnvironmentTest, IsNoneByDefault) {
  EXPECT_EQ(proxyFor(), "");
}

TEST_F(ProxyFromEnvironmentTest, IsNamedByHttpsProxy) {
  environment_ = {{"HTTPS_PROXY", "http://proxy:3128"}};
  EXPECT_EQ(proxyFor(), "HTTPS_PROXY proxy:3128");
}

TEST_F(ProxyFromEnvironmentTest, IsNamedByTheLowerCaseVariableToo) {
  environment_ = {{"https_proxy", "http://proxy:3128"}};
  EXPECT_EQ(proxyFor(), "https_proxy proxy:3128");
}

TEST_F(ProxyFromEnvironmentTest, UpperCaseVariableGoesFirst) {
  environment_ = {{"HTTPS_PROXY", "http://upper"}, {"https_proxy", "http://lower"}};
  EXPECT_EQ(proxyFor(), "HTTPS_PROXY upper:80");
}

TEST_F(ProxyFromEnvironmentTest, EmptyVariableIsNone) {
  environment_ = {{"HTTPS_PROXY", " "}, {"https_proxy", "http://lower"}};
  EXPECT_EQ(proxyFor(), "https_proxy lower:80");
  environment_ = {{"HTTPS_PROXY", ""}};
  EXPECT_EQ(proxyFor(), "");
}

TEST_F(ProxyFromEnvironmentTest, ProxiesForOtherSchemesAreNotUsed) {
  environment_ = {{"HTTP_PROXY", "http://proxy"}, {"ALL_PROXY", "http://proxy"}};
  EXPECT_EQ(proxyFor(), "");
}

TEST_F(ProxyFromEnvironmentTest, SchemeMayBeLeftOut) {
  environment_ = {{"HTTPS_PROXY", " proxy:3128\n"}};
  EXPECT_EQ(proxyFor(), "HTTPS_PROXY proxy:3128");
  environment_ = {{"HTTPS_PROXY", "user:pass@10.0.0.1"}};
  EXPECT_EQ(proxyFor(), "HTTPS_PROXY 10.0.0.1:80");
}

TEST_F(ProxyFromEnvironmentTest, IsNotUsedForWhatNoProxyLists) {
  environment_ = {{"HTTPS_PROXY", "proxy"}, {"NO_PROXY", "10.0.0.0/8, .example.com"}};
  EXPECT_EQ(proxyFor("https://api.example.com"), "");
  EXPECT_EQ(proxyFor("https://10.96.0.1"), "");
  EXPECT_EQ(proxyFor("https://example.org"), "HTTPS_PROXY proxy:80");
}

TEST_F(ProxyFromEnvironmentTest, UpperCaseNoProxyGoesFirst) {
  environment_ = {{"HTTPS_PROXY", "proxy"}, {"NO_PROXY", "upper"}, {"no_proxy", "lower"}};
  EXPECT_EQ(proxyFor("https://upper"), "");
  EXPECT_EQ(proxyFor("https://lower"), "HTTPS_PROXY proxy:80");
  environment_["NO_PROXY"] = "";
  EXPECT_EQ(proxyFor("https://lower"), "");
}

TEST_F(ProxyFromEnvironmentTest, IsNotUsedForLoopback) {
  environment_ = {{"HTTPS_PROXY", "proxy"}};
  EXPECT_EQ(proxyFor("https://127.0.0.1:6443"), "");
}

// Go goes straight to the server then, which ends in a timeout that nobody understands.
TEST_F(ProxyFromEnvironmentTest, InvalidVariableIsAnErrorThatNamesIt) {
  environment_ = {{"https_proxy", "http://user:s3cr3t@proxy:many"}};
  EXPECT_THAT(proxyFor(), StartsWith("error: https_proxy has no valid port"));
  EXPECT_THAT(proxyFor(), Not(HasSubstr("s3cr3t")));
}

TEST_F(ProxyFromEnvironmentTest, InvalidVariableDoesNoHarmWhereNoProxyIsUsed) {
  environment_ = {{"HTTPS_PROXY", "socks5://proxy"}, {"NO_PROXY", "example.com"}};
  EXPECT_EQ(proxyFor(), "");
}

}  // namespace
}  // namespace k8s
