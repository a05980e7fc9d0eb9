#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace job {

/// The address of a Pushgateway, taken apart. Holds a secret: print nothing of it but address().
struct PushgatewayUrl {
  bool encrypted = false;  // https
  std::string host;        // bare: an IPv6 address without brackets
  std::uint16_t port = 0;
  std::string authority;    // host[:port] as the Host header has it
  std::string prefix;       // path in front of /metrics, without a closing slash; often empty
  std::string credentials;  // "user:password", empty: none

  /// For people: without the credentials.
  std::string address() const { return (encrypted ? "https://" : "http://") + authority + prefix; }
};

/// http[s]://[user[:password]@]host[:port][/prefix], user and password percent-encoded. The error
/// says what is accepted, or what is wrong, and quotes nothing: a password may be anywhere.
tl::expected<PushgatewayUrl, std::string> parsePushgatewayUrl(std::string_view text);

}  // namespace job
