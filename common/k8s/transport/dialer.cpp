#include "common/k8s/transport/dialer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/k8s/transport/proxy_tunnel.h"
#include "common/k8s/transport/tcp_connect.h"

namespace k8s {
namespace {

using Kind = TransportError::Kind;

/// What Go's dialer does with a timeout, too: an equal share for each address, but not too little.
constexpr auto kConnectCap = std::chrono::seconds(10);
constexpr auto kLeastPatience = std::chrono::seconds(2);
/// With the ten seconds that a Lease's renewal may be due, still within its thirty.
constexpr auto kDialCap = std::chrono::seconds(15);

}  // namespace

Dialer::Dialer(ServerUrl server, std::optional<Proxy> proxy, LookUp look_up)
    : server_(std::move(server)), proxy_(std::move(proxy)), look_up_(std::move(look_up)) {}

tl::expected<TlsStream, TransportError> Dialer::open(const std::shared_ptr<TlsContext>& tls,
                                                     const Interruption& interruption) const {
  const std::string& host = proxy_ ? proxy_->host : server_.host;
  const std::uint16_t port = proxy_ ? proxy_->port : server_.port;
  const Interruption capped(interruption, kDialCap);
  auto stream = addressesOf(host, port, look_up_, capped).and_then([&](const Addresses& addresses) {
    return openFirst(addresses, tls, capped);
  });
  if (!stream && stream.error().kind == Kind::kTimeout && !interruption.cause()) {
    stream.error().kind = Kind::kConnect;
    stream.error().message = "no connection within 15 s: " + stream.error().message;
  }
  if (!stream && proxy_) {
    stream.error().message = "through the proxy " + proxy_->authority + " (" + proxy_->source +
                             "): " + stream.error().message;
  }
  return stream;
}

tl::expected<TlsStream, TransportError> Dialer::openFirst(const Addresses& addresses,
                                                          const std::shared_ptr<TlsContext>& tls,
                                                          const Interruption& interruption) const {
  const auto cap = timing::Deadline::in(interruption.clock(), kConnectCap);
  std::string failures;
  auto left = static_cast<int>(addresses.size());
  for (const Poco::Net::SocketAddress& address : addresses) {
    const auto patience =
        std::max<timing::Duration>(cap.remaining(interruption.clock()) / left--, kLeastPatience);
    auto stream = openAt(address, patience, tls, interruption);
    if (stream) return stream;
    failures += (failures.empty() ? "" : "; ") + stream.error().message;
    if (stream.error().kind != Kind::kConnect) {
      return tl::unexpected(TransportError{stream.error().kind, std::move(failures), false});
    }
  }
  return tl::unexpected(TransportError{Kind::kConnect, std::move(failures), false});
}

tl::expected<TlsStream, TransportError> Dialer::openAt(const Poco::Net::SocketAddress& address,
                                                       timing::Duration patience,
                                                       const std::shared_ptr<TlsContext>& tls,
                                                       const Interruption& interruption) const {
  const auto socket = connectTo(address, patience, interruption);
  if (!socket) return tl::unexpected(socket.error());
  if (proxy_) {
    if (auto done = openTunnel(*socket, *proxy_, server_, interruption); !done) {
      return tl::unexpected(std::move(done).error());
    }
  }
  return TlsStream::open(*socket, tls, interruption);
}

}  // namespace k8s
