#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace k8s {

struct HostAndPort {
  std::string host;  // bare: an IPv6 address without brackets, as sockets and certificates have it
  std::uint16_t port;
};

/// Takes host[:port] apart, or [v6][:port]. The error is the end of a sentence about the whole URL,
/// and quotes nothing of it.
tl::expected<HostAndPort, std::string> parseHostAndPort(std::string_view text,
                                                        std::uint16_t default_port);

/// Puts an IPv6 address into brackets, anything else is left as it is.
std::string bracketed(const std::string& host);

}  // namespace k8s
