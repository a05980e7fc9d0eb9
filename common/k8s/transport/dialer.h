#pragma once

#include <memory>
#include <optional>
#include <tl/expected.hpp>

#include "common/k8s/connection/proxy.h"
#include "common/k8s/connection/server_url.h"
#include "common/k8s/http.h"
#include "common/k8s/transport/interruption.h"
#include "common/k8s/transport/tls_context.h"
#include "common/k8s/transport/tls_stream.h"

namespace k8s {

/// Makes connections to one server: names to addresses, TCP, a proxy's CONNECT, the TLS handshake.
/// The first address that works is taken. Names are looked up on a thread of their own, since the
/// system's resolver heeds neither deadline nor stop.
class Dialer {
 public:
  Dialer(ServerUrl server, std::optional<Proxy> proxy);

  /// Errors have sent = false.
  tl::expected<TlsStream, TransportError> open(const std::shared_ptr<TlsContext>& tls,
                                               const Interruption& interruption) const;

 private:
  ServerUrl server_;
  std::optional<Proxy> proxy_;
};

}  // namespace k8s
