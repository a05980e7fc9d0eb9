#include "common/k8s/connection/server_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace k8s {
namespace {

struct GoodUrl {
  const char* text;
  const char* host;
  int port;
  const char* authority;
  const char* prefix;
};

class ServerUrlTest : public ::testing::TestWithParam<GoodUrl> {};

TEST_P(ServerUrlTest, IsTakenApart) {
  const auto url = parseServerUrl(GetParam().text);
  ASSERT_TRUE(url) << url.error();
  EXPECT_EQ(url->host, GetParam().host);
  EXPECT_EQ(url->port, GetParam().port);
  EXPECT_EQ(url->authority, GetParam().authority);
  EXPECT_EQ(url->prefix, GetParam().prefix);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, ServerUrlTest,
    ::testing::Values(GoodUrl{"https://api.example.com", "api.example.com", 443, "api.example.com",
                              ""},
                      GoodUrl{"https://10.0.0.1:6443", "10.0.0.1", 6443, "10.0.0.1:6443", ""},
                      GoodUrl{"https://10.0.0.1:443/", "10.0.0.1", 443, "10.0.0.1", ""},
                      GoodUrl{"HTTPS://host:1", "host", 1, "host:1", ""},
                      // Item 22: bare for sockets and certificates, bracketed in the Host header.
                      GoodUrl{"https://[fd00::1]:6443", "fd00::1", 6443, "[fd00::1]:6443", ""},
                      GoodUrl{"https://[::1]", "::1", 443, "[::1]", ""},
                      // Item 23.
                      GoodUrl{"https://rancher:8443/k8s/clusters/c-1/", "rancher", 8443,
                              "rancher:8443", "/k8s/clusters/c-1"}));

struct BadUrl {
  const char* text;
  const char* reason;
};

class BadServerUrlTest : public ::testing::TestWithParam<BadUrl> {};

TEST_P(BadServerUrlTest, IsRefused) {
  const auto url = parseServerUrl(GetParam().text);
  ASSERT_FALSE(url);
  EXPECT_THAT(url.error(), ::testing::HasSubstr(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(
    Forms, BadServerUrlTest,
    ::testing::Values(
        BadUrl{"", "starts with https://"}, BadUrl{"api.example.com", "starts with https://"},
        BadUrl{"http://api", "only https is spoken"},
        BadUrl{"unix:///socket", "starts with https://"}, BadUrl{"https://", "no valid host"},
        BadUrl{"https://:6443", "no valid host"}, BadUrl{"https://fd00::1", "stands in brackets"},
        BadUrl{"https://[fd00::1", "no valid host"}, BadUrl{"https://[::1]6443", "no valid port"},
        BadUrl{"https://host:", "no valid port"}, BadUrl{"https://host:0", "no valid port"},
        BadUrl{"https://host:65536", "no valid port"}, BadUrl{"https://host:64x", "no valid port"},
        BadUrl{"https://host/a?b", "no more"}, BadUrl{"https://host?b", "no more"},
        BadUrl{"https://host#b", "no more"}, BadUrl{"https://ho st", "no more"},
        BadUrl{"https://host/\r\nEvil: 1", "no more"}));

TEST(ServerUrlSecretTest, PasswordIsRefusedAndNotQuoted) {
  for (const char* text :
       {"https://user:secret@host", "http://user:secret@host", "user:secret@host",
        "https://user:se/secret@host", "https://user:se#secret@host"}) {
    const auto url = parseServerUrl(text);
    ASSERT_FALSE(url) << text;
    EXPECT_THAT(url.error(), ::testing::HasSubstr("user name or password"));
    EXPECT_THAT(url.error(), ::testing::Not(::testing::HasSubstr("secret")));
  }
}

}  // namespace
}  // namespace k8s
