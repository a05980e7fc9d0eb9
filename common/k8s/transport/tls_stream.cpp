#include "common/k8s/transport/tls_stream.h"

#include <Poco/Exception.h>
#include <openssl/err.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace k8s {
namespace {

using Kind = TransportError::Kind;
using Poco::Net::SecureStreamSocket;

constexpr auto kHandshakeCap = std::chrono::seconds(10);
/// One TLS record.
constexpr std::size_t kWritePiece = 16384;

TransportError broken(std::string message) {
  return {Kind::kBroken, std::move(message), true};
}
TransportError notSent(Kind kind, std::string message) {
  return {kind, std::move(message), false};
}

/// SSL_get_error looks at the thread's error queue, and Poco at errno (EINTR and EAGAIN mean
/// another try, without end on a closed connection): what others left there must not be taken for
/// ours.
void forgetOldErrors() {
  ERR_clear_error();
  errno = 0;
}

short eventsFor(int wanted) {
  return wanted == SecureStreamSocket::ERR_SSL_WANT_WRITE ? POLLOUT : POLLIN;
}

}  // namespace

int TlsStream::descriptor() const {
  return socket_.impl()->sockfd();
}

tl::expected<TlsStream, TransportError> TlsStream::open(const Poco::Net::StreamSocket& socket,
                                                        const std::shared_ptr<TlsContext>& tls,
                                                        const Interruption& interruption) try {
  // The name is for SNI, where an address has no place.
  const std::string sni = tls->name_is_address ? std::string() : tls->server_name;
  TlsStream stream(SecureStreamSocket::attach(socket, sni, tls->poco), tls);
  tls->refusal.clear();
  if (auto done = stream.shakeHands(interruption); !done) {
    return tl::unexpected(std::move(done).error());
  }
  return stream;
} catch (const Poco::Exception& exception) {
  if (!tls->refusal.empty()) {
    return tl::unexpected(
        notSent(Kind::kTrust, "the server's certificate is refused: " + tls->refusal));
  }
  return tl::unexpected(
      notSent(Kind::kConnect, "TLS handshake failed: " + exception.displayText()));
}

tl::expected<void, TransportError> TlsStream::shakeHands(const Interruption& interruption) {
  const auto cap = timing::Deadline::in(interruption.clock(), kHandshakeCap);
  while (true) {
    forgetOldErrors();
    const int result = socket_.completeHandshake();
    if (result == 1) return {};
    if (result != SecureStreamSocket::ERR_SSL_WANT_READ &&
        result != SecureStreamSocket::ERR_SSL_WANT_WRITE) {
      return tl::unexpected(
          notSent(Kind::kConnect, "the server closed the connection in the TLS handshake"));
    }
    if (const auto cause = interruption.cause()) {
      return tl::unexpected(notSent(*cause, "in the TLS handshake"));
    }
    if (cap.passed(interruption.clock())) {
      return tl::unexpected(notSent(Kind::kConnect, "no TLS handshake within 10 s"));
    }
    interruption.wait(descriptor(), eventsFor(result));
  }
}

tl::expected<void, TransportError> TlsStream::write(std::string_view data,
                                                    const Interruption& interruption) try {
  while (!data.empty()) {
    if (const auto cause = interruption.cause()) {
      return tl::unexpected(TransportError{*cause, "while sending the request"});
    }
    forgetOldErrors();
    // OpenSSL wants an interrupted write repeated with the same piece, which it is here.
    const int length = static_cast<int>(std::min(data.size(), kWritePiece));
    const int result = socket_.sendBytes(data.data(), length);
    if (result > 0) {
      data.remove_prefix(static_cast<std::size_t>(result));
    } else if (result == 0) {
      return tl::unexpected(broken("the server closed the connection during the request"));
    } else {
      interruption.wait(descriptor(), eventsFor(result));
    }
  }
  return {};
} catch (const Poco::Exception& exception) {
  // A server that hangs up often says why, as when it wants a client certificate.
  char unread = 0;
  const auto last_word = readSome(&unread, 1);
  return tl::unexpected(broken("sending the request: " +
                               (last_word ? exception.displayText() : last_word.error().message)));
}

tl::expected<TlsStream::ReadResult, TransportError> TlsStream::readSome(char* buffer,
                                                                        std::size_t size) try {
  forgetOldErrors();
  const int result = socket_.receiveBytes(buffer, static_cast<int>(size));
  if (result > 0) return ReadResult{ReadState::kData, static_cast<std::size_t>(result)};
  if (result == 0) return ReadResult{ReadState::kEnd};
  return ReadResult{ReadState::kNothingYet};
} catch (const Poco::Exception& exception) {
  // An end without close_notify comes here too, as «unexpected eof while reading».
  return tl::unexpected(broken(exception.displayText()));
}

void TlsStream::waitForData(const Interruption& interruption) const {
  interruption.wait(descriptor(), POLLIN);
}

bool TlsStream::isStale() {
  char unasked = 0;
  const auto result = readSome(&unasked, 1);
  return !result || result->state != ReadState::kNothingYet;
}

}  // namespace k8s
