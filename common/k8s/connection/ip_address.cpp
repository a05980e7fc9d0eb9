#include "common/k8s/connection/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>

namespace k8s {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr IpAddress kLoopbackV6{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};

}  // namespace

bool IpAddress::isV4() const {
  return std::equal(kMapped.begin(), kMapped.end(), bytes.begin());
}

bool IpAddress::isLoopback() const {
  return isV4() ? bytes[kMapped.size()] == 127 : *this == kLoopbackV6;
}

std::optional<IpAddress> parseIpAddress(const std::string& text) {
  IpAddress address;
  if (::inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1) return address;
  std::copy(kMapped.begin(), kMapped.end(), address.bytes.begin());
  if (::inet_pton(AF_INET, text.c_str(), address.bytes.data() + kMapped.size()) == 1) {
    return address;
  }
  return {};
}

}  // namespace k8s
