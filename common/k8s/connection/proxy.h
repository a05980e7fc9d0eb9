#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "common/k8s/connection/server_url.h"

namespace k8s {

/// An HTTP proxy that is asked to CONNECT to the API server. Holds a secret: never logged.
struct Proxy {
  std::string host;  // bare, as in ServerUrl
  std::uint16_t port = 80;
  std::string authority;      // host:port, for people
  std::string authorization;  // value of Proxy-Authorization; empty: none is sent
  std::string source;         // for people: "HTTPS_PROXY" or the kubeconfig's entry
};

/// http://[user:password@]host[:port], user and password percent-encoded. The error begins with
/// `source` and says what is wrong and what to write instead, without quoting the URL; https and
/// socks5 proxies are refused by name.
tl::expected<Proxy, std::string> parseProxyUrl(const std::string& url, const std::string& source);

/// Go's rules (golang.org/x/net/http/httpproxy and apimachinery's NewProxierWithNoProxyCIDR):
/// HTTPS_PROXY, else https_proxy, where http:// may be left out; not for localhost, loopback and
/// what NO_PROXY, else no_proxy, lists (see isReachedWithoutProxy). Nothing: straight to the
/// server. Unlike with Go an unusable HTTPS_PROXY is an error, if it were to be used.
tl::expected<std::optional<Proxy>, std::string> proxyFromEnvironment(
    const ServerUrl& server, const std::map<std::string, std::string>& environment);

}  // namespace k8s
