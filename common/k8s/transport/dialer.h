#pragma once

#include <memory>
#include <optional>
#include <tl/expected.hpp>

#include "common/k8s/connection/proxy.h"
#include "common/k8s/connection/server_url.h"
#include "common/k8s/http.h"
#include "common/k8s/transport/interruption.h"
#include "common/k8s/transport/name_lookup.h"
#include "common/k8s/transport/tls_context.h"
#include "common/k8s/transport/tls_stream.h"

namespace k8s {

/// Makes connections to one server: name to addresses, TCP, a proxy's CONNECT, the TLS handshake.
/// With a proxy only the proxy's name is looked up. The addresses are tried in turn, in the
/// resolver's order, and share ten seconds, so that a dead one leaves time for the next; all
/// together takes fifteen at the most, for nothing is called meanwhile that would renew a Lease.
/// Addresses are not remembered: connections are kept, so few are made, and one is often made
/// because the old address does not work any more.
class Dialer {
 public:
  Dialer(ServerUrl server, std::optional<Proxy> proxy, LookUp look_up = askResolver);

  /// Errors have sent = false. A certificate that is not accepted, a proxy that turns us away, the
  /// deadline and a stop end the search.
  tl::expected<TlsStream, TransportError> open(const std::shared_ptr<TlsContext>& tls,
                                               const Interruption& interruption) const;

 private:
  tl::expected<TlsStream, TransportError> openFirst(const Addresses& addresses,
                                                    const std::shared_ptr<TlsContext>& tls,
                                                    const Interruption& interruption) const;
  tl::expected<TlsStream, TransportError> openAt(const Poco::Net::SocketAddress& address,
                                                 timing::Duration patience,
                                                 const std::shared_ptr<TlsContext>& tls,
                                                 const Interruption& interruption) const;

  ServerUrl server_;
  std::optional<Proxy> proxy_;
  LookUp look_up_;
};

}  // namespace k8s
