#include "common/k8s/connection/no_proxy.h"

#include <gtest/gtest.h>

namespace k8s {
namespace {

struct Row {
  const char* list;
  const char* server;
};

ServerUrl serverOf(const Row& row) {
  return parseServerUrl(row.server).value();
}

class NoProxyTest : public ::testing::TestWithParam<Row> {};
class ProxyTest : public ::testing::TestWithParam<Row> {};

TEST_P(NoProxyTest, GoesStraightToTheServer) {
  EXPECT_TRUE(isReachedWithoutProxy(serverOf(GetParam()), GetParam().list))
      << GetParam().server << " with " << GetParam().list;
}

TEST_P(ProxyTest, GoesThroughTheProxy) {
  EXPECT_FALSE(isReachedWithoutProxy(serverOf(GetParam()), GetParam().list))
      << GetParam().server << " with " << GetParam().list;
}

INSTANTIATE_TEST_SUITE_P(
    LocalServers, NoProxyTest,
    ::testing::Values(Row{"", "https://localhost"}, Row{"", "https://localhost:6443"},
                      Row{"", "https://LocalHost:6443"}, Row{"", "https://127.0.0.1:6443"},
                      Row{"", "https://127.255.3.4"}, Row{"", "https://[::1]:6443"},
                      Row{"", "https://[::ffff:127.0.0.1]"}, Row{"other", "https://127.0.0.1"}));

INSTANTIATE_TEST_SUITE_P(
    RemoteServers, ProxyTest,
    ::testing::Values(Row{"", "https://api.example.com"}, Row{"", "https://10.0.0.1"},
                      Row{"", "https://[fd00::1]"}, Row{"", "https://localhost.example.com"},
                      Row{"", "https://api.localhost"}, Row{"", "https://[::2]"},
                      Row{"", "https://[::127.0.0.1]"}, Row{"", "https://0.0.0.0"}));

INSTANTIATE_TEST_SUITE_P(Everything, NoProxyTest,
                         ::testing::Values(Row{"*", "https://api.example.com"},
                                           Row{"a, * ,b", "https://10.0.0.1"},
                                           Row{"*", "https://[fd00::1]:6443"}));

INSTANTIATE_TEST_SUITE_P(
    NotEverything, ProxyTest,
    ::testing::Values(Row{"*:443", "https://api.example.com"}, Row{"**", "https://example.com"},
                      Row{"*example.com", "https://api.example.com"},
                      Row{"api.*", "https://api.example.com"}, Row{"*.", "https://example.com"},
                      Row{".", "https://example.com"}, Row{",, ,", "https://example.com"},
                      Row{":443", "https://example.com"}, Row{"[]", "https://example.com"}));

INSTANTIATE_TEST_SUITE_P(Names, NoProxyTest,
                         ::testing::Values(Row{"example.com", "https://example.com"},
                                           Row{"example.com", "https://api.example.com"},
                                           Row{"example.com", "https://a.b.example.com:6443"},
                                           Row{"Example.COM", "https://api.eXample.com"},
                                           Row{"com", "https://example.com"},
                                           Row{"other, example.com", "https://example.com"},
                                           Row{"\texample.com , other", "https://example.com"},
                                           Row{"first.com,,example.com", "https://example.com"},
                                           Row{".example.com", "https://api.example.com"},
                                           Row{"*.example.com", "https://api.example.com"},
                                           Row{"*.example.com", "https://a.b.example.com"},
                                           Row{"api", "https://api"},
                                           Row{".svc", "https://kubernetes.default.svc"},
                                           Row{"[example.com]:443", "https://example.com"}));

INSTANTIATE_TEST_SUITE_P(
    OtherNames, ProxyTest,
    ::testing::Values(
        Row{"example.com", "https://notexample.com"}, Row{"example.com", "https://example.com.org"},
        Row{"example.com", "https://com"}, Row{"api.example.com", "https://example.com"},
        Row{".example.com", "https://example.com"}, Row{"*.example.com", "https://example.com"},
        Row{"*.example.com", "https://notexample.com"},
        Row{"https://example.com", "https://example.com"},
        Row{"example.com;other", "https://example.com"},
        Row{"example.com other", "https://example.com"}, Row{"example.com.", "https://example.com"},
        Row{"10.0.0.1", "https://api.example.com"}, Row{"1", "https://10.0.0.1"},
        Row{"0.0.1", "https://10.0.0.1"}, Row{".0.0.1", "https://10.0.0.1"}));

INSTANTIATE_TEST_SUITE_P(Ports, NoProxyTest,
                         ::testing::Values(Row{"example.com:443", "https://example.com"},
                                           Row{"example.com:6443", "https://api.example.com:6443"},
                                           Row{".example.com:6443", "https://api.example.com:6443"},
                                           Row{"*.example.com:6443",
                                               "https://api.example.com:6443"},
                                           Row{"example.com:", "https://example.com:6443"},
                                           Row{"10.0.0.1:6443", "https://10.0.0.1:6443"},
                                           Row{"[fd00::1]:6443", "https://[fd00::1]:6443"},
                                           Row{"[fd00::1]:443", "https://[fd00::1]"}));

INSTANTIATE_TEST_SUITE_P(OtherPorts, ProxyTest,
                         ::testing::Values(Row{"example.com:80", "https://example.com"},
                                           Row{"example.com:443", "https://example.com:6443"},
                                           Row{".example.com:443", "https://api.example.com:6443"},
                                           Row{"example.com:0443", "https://example.com"},
                                           Row{"example.com:https", "https://example.com"},
                                           Row{"10.0.0.1:443", "https://10.0.0.1:6443"},
                                           Row{"10.0.0.0/8:443", "https://10.0.0.1"},
                                           Row{"[fd00::1]:443", "https://[fd00::1]:6443"}));

INSTANTIATE_TEST_SUITE_P(
    Addresses, NoProxyTest,
    ::testing::Values(Row{"10.0.0.1", "https://10.0.0.1:6443"},
                      Row{"fd00::1", "https://[fd00::1]:6443"}, Row{"FD00::1", "https://[fd00::1]"},
                      Row{"fd00:0:0:0::1", "https://[fd00::1]"},
                      Row{"[fd00::1]", "https://[fd00::1]:6443"},  // Go passes it over
                      // Written either way, they are one address.
                      Row{"::ffff:10.0.0.1", "https://10.0.0.1"},
                      Row{"10.0.0.1", "https://[::ffff:10.0.0.1]"},
                      Row{"10.0.0.1", "https://[::ffff:a00:1]"}));

INSTANTIATE_TEST_SUITE_P(
    OtherAddresses, ProxyTest,
    ::testing::Values(Row{"10.0.0.1", "https://10.0.0.10"}, Row{"10.0.0.1", "https://110.0.0.1"},
                      Row{"fd00::1", "https://[fd00::11]"}, Row{"10.0.0", "https://10.0.0.1"},
                      Row{"010.0.0.1", "https://10.0.0.1"}, Row{"*.0.0.1", "https://10.0.0.1"},
                      Row{"::10.0.0.1", "https://10.0.0.1"},
                      Row{"64:ff9b::10.0.0.1", "https://10.0.0.1"}));

INSTANTIATE_TEST_SUITE_P(
    Ranges, NoProxyTest,
    ::testing::Values(
        Row{"10.0.0.0/8", "https://10.255.3.4:6443"}, Row{"10.1.2.3/8", "https://10.255.3.4"},
        Row{"172.16.0.0/12", "https://172.31.255.255"}, Row{"10.0.0.4/30", "https://10.0.0.7"},
        Row{"10.0.0.1/32", "https://10.0.0.1"}, Row{"0.0.0.0/0", "https://8.8.8.8"},
        Row{"10.0.0.0/08", "https://10.0.0.1"}, Row{"fd00::/8", "https://[fd12:3456::1]"},
        Row{"fe80::/10", "https://[febf::1]"}, Row{"::/0", "https://[fd00::1]"},
        Row{"fd00::1/128", "https://[fd00::1]"}, Row{"10.0.0.0/8", "https://[::ffff:10.0.0.1]"},
        Row{"::ffff:10.0.0.0/104", "https://10.255.0.1"},
        Row{"a, 10.0.0.0/8 ,b", "https://10.0.0.1"}));

INSTANTIATE_TEST_SUITE_P(
    OtherRanges, ProxyTest,
    ::testing::Values(Row{"10.0.0.0/8", "https://11.0.0.1"},
                      Row{"172.16.0.0/12", "https://172.32.0.0"},
                      Row{"10.0.0.4/30", "https://10.0.0.8"},
                      Row{"10.0.0.1/32", "https://10.0.0.2"}, Row{"fd00::/8", "https://[fc00::1]"},
                      Row{"fe80::/10", "https://[fec0::1]"}, Row{"0.0.0.0/0", "https://[fd00::1]"},
                      // No range of IPv6 holds IPv4 addresses, however written.
                      Row{"::/0", "https://10.0.0.1"}, Row{"::/0", "https://[::ffff:10.0.0.1]"},
                      Row{"::ffff:0:0/90", "https://10.0.0.1"},
                      Row{"10.0.0.0/33", "https://10.0.0.0"}, Row{"10.0.0.0/", "https://10.0.0.0"},
                      Row{"10.0.0.0/-1", "https://10.0.0.0"},
                      Row{"10.0.0.0/8x", "https://10.0.0.0"}, Row{"fd00::/129", "https://[fd00::]"},
                      Row{"10.0.0/8", "https://10.0.0.1"}, Row{"[fd00::]/8", "https://[fd00::1]"},
                      Row{"10.0.0.0/255.0.0.0", "https://10.0.0.1"},
                      Row{"10.0.0.0/8", "https://ten.example.com"}));

}  // namespace
}  // namespace k8s
