#pragma once

#include <array>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "common/k8s/http.h"
#include "common/k8s/transport/body_decoder.h"
#include "common/k8s/transport/interruption.h"
#include "common/k8s/transport/tls_stream.h"

namespace Poco::Net {
class HTTPResponse;
}

namespace k8s {

/// Reads one response from a stream into a sink, piece by piece, and calls the sink while it waits.
class ResponseReader {
 public:
  ResponseReader(TlsStream& stream, ResponseSink& sink, const Interruption& interruption);

  /// Succeeds with a whole response, or when the sink ended the transfer.
  tl::expected<void, TransportError> read(const std::string& method);

  bool hasReceived() const { return received_; }
  /// After a success: whether the next request may use the same connection.
  bool connectionIsReusable() const { return reusable_; }

 private:
  enum class Next { kData, kEnd, kEndedBySink };
  tl::expected<Next, TransportError> next();
  tl::expected<Next, TransportError> readHead(Poco::Net::HTTPResponse& response);
  tl::expected<void, TransportError> readBody(BodyDecoder decoder);
  bool sinkEndsIdle();

  TlsStream& stream_;
  ResponseSink& sink_;
  const Interruption& interruption_;
  timing::Monotonic last_idle_;
  std::array<char, 16384> buffer_;
  std::string head_;
  std::string_view input_;  // read, not yet consumed; in buffer_ or in head_
  bool received_ = false;
  bool reusable_ = false;
};

}  // namespace k8s
