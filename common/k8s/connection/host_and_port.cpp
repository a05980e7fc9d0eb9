#include "common/k8s/connection/host_and_port.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace k8s {
namespace {

std::optional<std::uint16_t> parsePort(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port == 0) return {};
  return port;
}

/// The rest after the host starts with ':' or is empty.
struct HostAndRest {
  std::string_view host;
  std::string_view rest;
};
std::optional<HostAndRest> splitHost(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return {};
    return HostAndRest{text.substr(1, close - 1), text.substr(close + 1)};
  }
  const std::size_t colon = std::min(text.find(':'), text.size());
  if (text.find(':', colon + 1) != std::string_view::npos) return {};  // IPv6 wants brackets
  return HostAndRest{text.substr(0, colon), text.substr(colon)};
}

}  // namespace

tl::expected<HostAndPort, std::string> parseHostAndPort(std::string_view text,
                                                        std::uint16_t default_port) {
  const auto split = splitHost(text);
  if (!split || split->host.empty()) {
    return tl::unexpected(std::string("has no valid host; an IPv6 address stands in brackets"));
  }
  if (split->rest.empty()) return HostAndPort{std::string(split->host), default_port};
  const auto port = split->rest.front() == ':' ? parsePort(split->rest.substr(1)) : std::nullopt;
  if (!port) return tl::unexpected(std::string("has no valid port"));
  return HostAndPort{std::string(split->host), *port};
}

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace k8s
