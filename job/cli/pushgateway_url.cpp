#include "job/cli/pushgateway_url.h"

#include <algorithm>
#include <optional>

#include "common/k8s/connection/host_and_port.h"
#include "common/text/ascii.h"
#include "common/text/percent_decoded.h"

namespace job {
namespace {

constexpr std::string_view kForm = "an address such as http://pushgateway.monitoring:9091";

/// HTTP's Basic scheme wants the colon, also for a user without a password.
std::optional<std::string> readCredentials(std::string_view user_info) {
  const std::size_t colon = std::min(user_info.find(':'), user_info.size());
  const auto user = text::percentDecoded(user_info.substr(0, colon));
  const auto password =
      text::percentDecoded(user_info.substr(std::min(colon + 1, user_info.size())));
  if (!user || !password || user->empty() || user->find(':') != std::string::npos) return {};
  return *user + ":" + *password;
}

tl::unexpected<std::string> wrong(const std::string& what) {
  return tl::unexpected(std::string(kForm) + "; it " + what);
}

}  // namespace

tl::expected<PushgatewayUrl, std::string> parsePushgatewayUrl(std::string_view text) {
  PushgatewayUrl url;
  const std::string scheme = text::lowerCase(text.substr(0, text.find("://")));
  if (text.find("://") == std::string_view::npos || (scheme != "http" && scheme != "https")) {
    return wrong("does not begin with http:// or https://");
  }
  url.encrypted = scheme == "https";
  if (!text::isVisibleAscii(text)) return wrong("holds blanks or characters that have no place");
  text.remove_prefix(scheme.size() + 3);
  const std::size_t slash = std::min(text.find_first_of("/?#"), text.size());
  std::string_view authority = text.substr(0, slash);
  std::string_view prefix = text.substr(slash);
  if (prefix.find_first_of("?#") != std::string_view::npos) {
    return wrong("ends in a query or a fragment");
  }
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    auto credentials = readCredentials(authority.substr(0, at));
    if (!credentials) return wrong("has a user or password that is not percent-encoded");
    url.credentials = *std::move(credentials);
    authority.remove_prefix(at + 1);
  }
  const std::uint16_t default_port = url.encrypted ? 443 : 80;
  const auto server = k8s::parseHostAndPort(authority, default_port);
  if (!server) return wrong(server.error());
  url.host = server->host;
  url.port = server->port;
  url.authority = k8s::bracketed(url.host);
  if (url.port != default_port) url.authority += ":" + std::to_string(url.port);
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  url.prefix = prefix;
  return url;
}

}  // namespace job
