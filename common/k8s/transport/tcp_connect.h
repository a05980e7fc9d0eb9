#pragma once

#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "common/k8s/transport/interruption.h"

namespace k8s {

/// All addresses of a host in the system's order of preference; an IP address is its own. May take
/// as long as the system's resolver does. The error is for people.
tl::expected<std::vector<Poco::Net::SocketAddress>, std::string> resolve(const std::string& host,
                                                                         std::uint16_t port);

/// A connected, non-blocking socket; kConnect after 10 s at the most. Errors have sent = false.
tl::expected<Poco::Net::StreamSocket, TransportError> connectTo(
    const Poco::Net::SocketAddress& address, const Interruption& interruption);

}  // namespace k8s
