#include "common/k8s/transport/tcp_connect.h"

#include <Poco/Exception.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "common/time/go_duration.h"

namespace k8s {
namespace {

using Kind = TransportError::Kind;

TransportError notSent(Kind kind, std::string message) {
  return {kind, std::move(message), false};
}

bool isConnected(int socket) {
  pollfd watched{socket, POLLOUT, 0};
  return ::poll(&watched, 1, 0) > 0;
}

int pendingError(int socket) {
  int error = 0;
  socklen_t size = sizeof(error);
  return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

/// A watch may be silent for minutes: keep-alive probes find a peer that is gone.
void setOptions(Poco::Net::StreamSocket& socket) {
  socket.setNoDelay(true);
  socket.setKeepAlive(true);
  socket.setOption(IPPROTO_TCP, TCP_KEEPIDLE, 30);
  socket.setOption(IPPROTO_TCP, TCP_KEEPINTVL, 10);
  socket.setOption(IPPROTO_TCP, TCP_KEEPCNT, 3);
}

}  // namespace

tl::expected<Poco::Net::StreamSocket, TransportError> connectTo(
    const Poco::Net::SocketAddress& address, timing::Duration patience,
    const Interruption& interruption) try {
  Poco::Net::StreamSocket socket;
  socket.connectNB(address);
  const int descriptor = socket.impl()->sockfd();
  const auto cap = timing::Deadline::in(interruption.clock(), patience);
  while (!isConnected(descriptor)) {
    if (const auto cause = interruption.cause()) {
      return tl::unexpected(notSent(*cause, address.toString() + ": while connecting"));
    }
    if (cap.passed(interruption.clock())) {
      return tl::unexpected(notSent(Kind::kConnect, address.toString() + ": no connection within " +
                                                        timing::formatGoDuration(patience)));
    }
    interruption.wait(descriptor, POLLOUT);
  }
  if (const int error = pendingError(descriptor); error != 0) {
    return tl::unexpected(
        notSent(Kind::kConnect, address.toString() + ": " + std::strerror(error)));
  }
  setOptions(socket);
  return socket;
} catch (const Poco::Exception& exception) {
  return tl::unexpected(
      notSent(Kind::kConnect, address.toString() + ": " + exception.displayText()));
}

}  // namespace k8s
