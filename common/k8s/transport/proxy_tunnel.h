#pragma once

#include <Poco/Net/StreamSocket.h>

#include <tl/expected.hpp>

#include "common/k8s/connection/proxy.h"
#include "common/k8s/connection/server_url.h"
#include "common/k8s/transport/interruption.h"

namespace k8s {

/// Has the proxy at the other end of a connected, non-blocking socket connect it to the server:
/// what is written to the socket from then on goes there, beginning with TLS. 10 s at the most.
/// Errors have sent = false: kProxy when the proxy turns us away, kConnect when another try may
/// work.
tl::expected<void, TransportError> openTunnel(const Poco::Net::StreamSocket& socket,
                                              const Proxy& proxy, const ServerUrl& server,
                                              const Interruption& interruption);

}  // namespace k8s
