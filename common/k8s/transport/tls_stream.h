#pragma once

#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/StreamSocket.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "common/k8s/http.h"
#include "common/k8s/transport/interruption.h"
#include "common/k8s/transport/tls_context.h"

namespace k8s {

/// An encrypted connection whose handshake is done. No call blocks but in Interruption::wait. A
/// broken one is only good for destruction. One thread.
class TlsStream {
 public:
  /// Errors have sent = false: kTrust, kConnect (10 s without a handshake too), kTimeout, kStopped.
  static tl::expected<TlsStream, TransportError> open(const Poco::Net::StreamSocket& socket,
                                                      const std::shared_ptr<TlsContext>& tls,
                                                      const Interruption& interruption);

  tl::expected<void, TransportError> write(std::string_view data, const Interruption& interruption);

  enum class ReadState {
    kData,
    kNothingYet,
    kEnd,  // the server said that it is done; an end without these words is kBroken
  };
  struct ReadResult {
    ReadState state;
    std::size_t length = 0;
  };
  /// What is there, without waiting.
  tl::expected<ReadResult, TransportError> readSome(char* buffer, std::size_t size);
  void waitForData(const Interruption& interruption) const;

  /// True when the server closed an idle connection, or said what nobody asked for.
  bool isStale();

  /// Whether it was opened with this context.
  bool uses(const std::shared_ptr<TlsContext>& tls) const { return tls_ == tls; }

 private:
  TlsStream(const Poco::Net::SecureStreamSocket& socket, std::shared_ptr<TlsContext> tls)
      : tls_(std::move(tls)), socket_(socket) {}
  tl::expected<void, TransportError> shakeHands(const Interruption& interruption);
  int descriptor() const;

  std::shared_ptr<TlsContext> tls_;  // outlives the socket
  Poco::Net::SecureStreamSocket socket_;
};

}  // namespace k8s
