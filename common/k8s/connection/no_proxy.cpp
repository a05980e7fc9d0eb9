#include "common/k8s/connection/no_proxy.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <sstream>

#include "common/k8s/connection/ip_address.h"
#include "common/text/ascii.h"
#include "common/text/trimmed.h"

namespace k8s {
namespace {

using text::trimmed;

struct Target {
  std::string host;  // in lower case
  std::string port;
  std::optional<IpAddress> address;
};

IpAddress masked(const IpAddress& address, unsigned int bits) {
  IpAddress network;
  for (std::size_t index = 0; index < network.bytes.size() && bits > 0; ++index) {
    const unsigned int here = std::min(bits, 8U);
    const unsigned int mask = 0xff00U >> here;
    network.bytes[index] = static_cast<std::uint8_t>(address.bytes[index] & mask);
    bits -= here;
  }
  return network;
}

/// Addresses that share their first bits.
struct Range {
  IpAddress network;
  unsigned int bits;

  /// No range of IPv6 holds IPv4 addresses, not even ::/0.
  bool holds(const IpAddress& address) const {
    return address.isV4() == network.isV4() && masked(address, bits) == network;
  }
};

std::optional<Range> parseRange(const std::string& member) {
  const std::size_t slash = member.find('/');
  if (slash == std::string::npos) return {};
  const auto address = parseIpAddress(member.substr(0, slash));
  const char* const end = member.data() + member.size();
  unsigned int bits = 0;
  const auto [stop, error] = std::from_chars(member.data() + slash + 1, end, bits);
  if (!address || error != std::errc() || stop != end) return {};
  const bool dotted = member.find(':') == std::string::npos;
  if (bits > (dotted ? 32U : 128U)) return {};
  if (dotted) bits += 96;
  return Range{masked(*address, bits), bits};
}

struct Member {
  std::string host;
  std::string port;  // empty: any
};

Member splitMember(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == text.size() - 1) return {text.substr(1, close - 1), ""};
    if (close != std::string::npos && colon == close + 1) {
      return {text.substr(1, close - 1), text.substr(colon + 1)};
    }
    return {text, ""};
  }
  // More than one colon is an IPv6 address.
  if (colon == std::string::npos || text.find(':') != colon) return {text, ""};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

bool matchesName(const Member& member, const std::string& host) {
  std::string suffix = member.host.starts_with("*.") ? member.host.substr(1) : member.host;
  if (suffix.starts_with('.')) return host.ends_with(suffix);
  return host == suffix || host.ends_with("." + suffix);
}

bool matches(const std::string& text, const Target& target) {
  if (text.empty()) return false;
  if (text == "*") return true;
  if (const auto range = parseRange(text)) return target.address && range->holds(*target.address);
  const Member member = splitMember(text);
  if (member.host.empty() || (!member.port.empty() && member.port != target.port)) return false;
  if (const auto address = parseIpAddress(member.host)) return address == target.address;
  return !target.address && matchesName(member, target.host);
}

}  // namespace

bool isReachedWithoutProxy(const ServerUrl& server, const std::string& list) {
  const Target target{text::lowerCase(server.host), std::to_string(server.port),
                      parseIpAddress(server.host)};
  if (target.host == "localhost" || (target.address && target.address->isLoopback())) return true;
  std::istringstream members(text::lowerCase(list));
  for (std::string member; std::getline(members, member, ',');) {
    if (matches(std::string(trimmed(member)), target)) return true;
  }
  return false;
}

}  // namespace k8s
