#include "common/k8s/connection/proxy.h"

#include <algorithm>
#include <string_view>

#include "common/k8s/connection/base64.h"
#include "common/k8s/connection/host_and_port.h"
#include "common/k8s/connection/no_proxy.h"
#include "common/text/ascii.h"
#include "common/text/percent_decoded.h"
#include "common/text/trimmed.h"

namespace k8s {
namespace {

using text::trimmed;

constexpr const char* kSchemeEnd = "://";
constexpr std::uint16_t kHttpPort = 80;

struct Variable {
  std::string name;
  std::string value;  // trimmed; empty: not set
};

/// As with Go an empty variable is no variable.
Variable firstSet(const std::map<std::string, std::string>& environment, const char* name,
                  const char* alternative) {
  for (const char* candidate : {name, alternative}) {
    const auto found = environment.find(candidate);
    if (found == environment.end()) continue;
    if (std::string value(trimmed(found->second)); !value.empty()) return {candidate, value};
  }
  return {};
}

/// The value of Proxy-Authorization for user[:password]; empty for nobody.
std::optional<std::string> basicAuthorization(std::string_view user_info) {
  if (user_info.empty()) return std::string();
  const std::size_t colon = std::min(user_info.find(':'), user_info.size());
  const auto user = text::percentDecoded(user_info.substr(0, colon));
  const auto password =
      text::percentDecoded(user_info.substr(std::min(colon + 1, user_info.size())));
  if (!user || !password) return {};
  return "Basic " + encodeBase64(*user + ":" + *password);
}

/// What is wrong with the scheme; empty when nothing is.
std::string problemOfScheme(std::string_view written) {
  const std::string scheme = text::lowerCase(written);
  if (scheme == "http") return {};
  if (scheme == "https") {
    return "asks for an https proxy, and only http ones are spoken to (what goes through is "
           "encrypted in any case)";
  }
  if (scheme == "socks5" || scheme == "socks5h") {
    return "asks for a " + scheme + " proxy, and only http ones are spoken to";
  }
  return "is not a URL that starts with http://";
}

}  // namespace

tl::expected<Proxy, std::string> parseProxyUrl(const std::string& url, const std::string& source) {
  // Nothing is quoted: any part of what can't be taken apart may be the password.
  const auto refused = [&source](const std::string& why) {
    return tl::unexpected(source + " " + why + ": write http://[user:password@]host[:port]");
  };
  const std::size_t scheme_end = url.find(kSchemeEnd);
  const std::string problem =
      problemOfScheme(scheme_end == std::string::npos ? "" : url.substr(0, scheme_end));
  if (!problem.empty()) return refused(problem);
  const std::string_view rest = std::string_view(url).substr(scheme_end + 3);
  const std::size_t authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  const std::string_view authority = rest.substr(0, authority_end);
  const std::string_view tail = rest.substr(authority_end);
  if (!text::isVisibleAscii(rest) || !(tail.empty() || tail == "/")) {
    return refused(
        "holds more than a proxy's address; blanks, / ? # and % in a password must be "
        "percent-encoded");
  }
  const std::size_t host_begin = authority.rfind('@') + 1;  // 0 without one
  const auto authorization =
      basicAuthorization(authority.substr(0, host_begin == 0 ? 0 : host_begin - 1));
  if (!authorization) {
    return refused("has a % in its user or password that encodes nothing (% itself is %25)");
  }
  const auto address = parseHostAndPort(authority.substr(host_begin), kHttpPort);
  if (!address) return refused(address.error());
  return Proxy{.host = address->host,
               .port = address->port,
               .authority = bracketed(address->host) + ":" + std::to_string(address->port),
               .authorization = *authorization,
               .source = source};
}

tl::expected<std::optional<Proxy>, std::string> proxyFromEnvironment(
    const ServerUrl& server, const std::map<std::string, std::string>& environment) {
  const Variable proxy = firstSet(environment, "HTTPS_PROXY", "https_proxy");
  if (proxy.value.empty()) return std::nullopt;
  if (isReachedWithoutProxy(server, firstSet(environment, "NO_PROXY", "no_proxy").value)) {
    return std::nullopt;
  }
  const bool has_scheme = proxy.value.find(kSchemeEnd) != std::string::npos;
  return parseProxyUrl((has_scheme ? "" : "http://") + proxy.value, proxy.name);
}

}  // namespace k8s
