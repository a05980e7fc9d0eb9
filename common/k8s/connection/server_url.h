#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "common/k8s/connection/host_and_port.h"

namespace k8s {

/// The address of an API server, taken apart.
struct ServerUrl {
  std::string host;  // bare: an IPv6 address without brackets, as sockets and certificates have it
  std::uint16_t port = 443;
  std::string authority;  // host[:port] as the Host header has it, IPv6 in brackets
  std::string prefix;     // path in front of every request's, without a closing slash; often empty
};

/// Only https: a token must not travel in the clear. The error says what to write instead.
tl::expected<ServerUrl, std::string> parseServerUrl(std::string_view text);

}  // namespace k8s
