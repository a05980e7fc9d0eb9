#include "common/k8s/connection/server_url.h"

#include <algorithm>
#include <cctype>

#include "common/text/ascii.h"

namespace k8s {
namespace {

constexpr std::string_view kScheme = "https://";

bool startsWithIgnoringCase(std::string_view text, std::string_view start) {
  return text.size() >= start.size() &&
         std::equal(start.begin(), start.end(), text.begin(), [](char left, char right) {
           return left == std::tolower(static_cast<unsigned char>(right));
         });
}

}  // namespace

tl::expected<ServerUrl, std::string> parseServerUrl(std::string_view text) {
  if (text.find('@') != std::string_view::npos) {
    // Not quoted, wherever it stands: what is before the @ is a password.
    return tl::unexpected(
        std::string("the server's URL carries a user name or password: remove it and use a token"));
  }
  const std::string quoted = "\"" + std::string(text) + "\"";
  if (startsWithIgnoringCase(text, "http://")) {
    return tl::unexpected("server " + quoted +
                          ": only https is spoken, since a token must not travel in the clear");
  }
  if (!startsWithIgnoringCase(text, kScheme)) {
    return tl::unexpected("server " + quoted + " is not a URL that starts with https://");
  }
  const std::string_view after_scheme = text.substr(kScheme.size());
  const std::size_t slash = std::min(after_scheme.find_first_of("/?#"), after_scheme.size());
  const std::string_view authority = after_scheme.substr(0, slash);
  std::string_view prefix = after_scheme.substr(slash);
  if (!text::isVisibleAscii(text) || prefix.find_first_of("?#") != std::string_view::npos) {
    return tl::unexpected("server " + quoted + " must be https://host[:port][/prefix], no more");
  }
  const auto address = parseHostAndPort(authority, 443);
  if (!address) return tl::unexpected("server " + quoted + " " + address.error());
  ServerUrl url;
  url.host = address->host;
  url.port = address->port;
  url.authority = bracketed(url.host);
  if (url.port != 443) url.authority += ":" + std::to_string(url.port);
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  url.prefix = prefix;
  return url;
}

}  // namespace k8s
