#pragma once

#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>

#include <tl/expected.hpp>

#include "common/k8s/transport/interruption.h"

namespace k8s {

/// A connected, non-blocking socket; kConnect when it is not within `patience`. Errors have sent =
/// false and name the address.
tl::expected<Poco::Net::StreamSocket, TransportError> connectTo(
    const Poco::Net::SocketAddress& address, timing::Duration patience,
    const Interruption& interruption);

}  // namespace k8s
