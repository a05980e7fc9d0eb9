#include "common/k8s/connection/ip_address.h"

#include <gtest/gtest.h>

namespace k8s {
namespace {

TEST(IpAddressTest, MappedAddressIsTheAddressItMaps) {
  EXPECT_EQ(parseIpAddress("::ffff:10.0.0.1"), parseIpAddress("10.0.0.1"));
  EXPECT_NE(parseIpAddress("::10.0.0.1"), parseIpAddress("10.0.0.1"));
  EXPECT_TRUE(parseIpAddress("::ffff:10.0.0.1")->isV4());
  EXPECT_FALSE(parseIpAddress("::10.0.0.1")->isV4());
}

TEST(IpAddressTest, OnlyBareAddressesAreOnes) {
  for (const char* text : {"", "api", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1 ", "[::1]",
                           "fe80::1%eth0", "10.0.0.1:443", "0x7f.1", "2130706433"}) {
    EXPECT_FALSE(parseIpAddress(text)) << text;
  }
}

TEST(IpAddressTest, LoopbackIsKnownInAllItsForms) {
  for (const char* text : {"127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(parseIpAddress(text)->isLoopback()) << text;
  }
  for (const char* text : {"128.0.0.1", "0.0.0.0", "::", "::2", "fd00::1", "::127.0.0.1"}) {
    EXPECT_FALSE(parseIpAddress(text)->isLoopback()) << text;
  }
}

}  // namespace
}  // namespace k8s
