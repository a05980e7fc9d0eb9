#pragma once

#include <string>

#include "common/k8s/connection/server_url.h"

namespace k8s {

/// Whether a proxy is out of the question by Go's rules (golang.org/x/net/http/httpproxy): for
/// localhost and loopback addresses it always is, else for what `list`, the value of NO_PROXY,
/// holds. Its members stand between commas, without regard to case:
///   *                     everything
///   example.com           this host and all below it
///   .example.com *.example.com   only what is below
///   10.0.0.1 fd00::1      an address; a name that would resolve to it is another matter
///   10.0.0.0/8 fd00::/8   a range of addresses
/// A port behind a colon narrows all but ranges; an IPv6 address then stands in brackets. What is
/// none of these is passed over. Two liberties: brackets without a port are fine, and LOCALHOST is
/// localhost. International names must be given as the server's URL has them, in ASCII.
bool isReachedWithoutProxy(const ServerUrl& server, const std::string& list);

}  // namespace k8s
