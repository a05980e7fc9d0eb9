#pragma once

#include <Poco/Net/SocketAddress.h>

#include <cstdint>
#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "common/k8s/transport/interruption.h"

namespace k8s {

using Addresses = std::vector<Poco::Net::SocketAddress>;

/// Finds a name's addresses, in the order of preference; the error is for people. Called on a
/// thread that nobody joins, so it must own whatever it uses.
using LookUp = std::function<tl::expected<Addresses, std::string>(const std::string& name,
                                                                  std::uint16_t port)>;

/// Asks the system's resolver, which heeds neither deadline nor stop.
tl::expected<Addresses, std::string> askResolver(const std::string& name, std::uint16_t port);

/// The addresses of a host; an IP address is its own, and nobody is asked. A look-up that takes
/// longer than 10 s, the deadline or a stop is left behind: it ends by itself in the resolver's own
/// time, or with the process. Errors have sent = false.
tl::expected<Addresses, TransportError> addressesOf(const std::string& host, std::uint16_t port,
                                                    const LookUp& look_up,
                                                    const Interruption& interruption);

}  // namespace k8s
