#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace k8s {

/// An IPv4 or IPv6 address. As with Go's net.IP an IPv4 address and the IPv6 address that maps it
/// (::ffff:10.0.0.1) are the same.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};  // IPv4 in its mapped form

  bool isV4() const;
  bool isLoopback() const;  // 127.0.0.0/8 or ::1
  bool operator==(const IpAddress&) const = default;
};

/// Nothing when the text is not a bare address: a name, one in brackets, with a zone, an IPv4
/// address with leading zeros.
std::optional<IpAddress> parseIpAddress(const std::string& text);

}  // namespace k8s
