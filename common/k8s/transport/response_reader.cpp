#include "common/k8s/transport/response_reader.h"

#include <Poco/Net/HTTPResponse.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "common/k8s/transport/response_head.h"

namespace k8s {
namespace {

using Kind = TransportError::Kind;
using Poco::Net::HTTPResponse;

constexpr auto kIdleInterval = std::chrono::seconds(1);
constexpr std::size_t kLargestHead = 65536;

TransportError broken(std::string message) {
  return {Kind::kBroken, std::move(message)};
}

tl::expected<BodyDecoder, TransportError> decoderFor(const HTTPResponse& response,
                                                     const std::string& method) {
  const int status = response.getStatus();
  if (method == "HEAD" || status == HTTPResponse::HTTP_NO_CONTENT ||
      status == HTTPResponse::HTTP_NOT_MODIFIED) {
    return BodyDecoder::ofLength(0);
  }
  if (response.getChunkedTransferEncoding()) return BodyDecoder::chunked();
  if (response.has("Transfer-Encoding")) {
    return tl::unexpected(broken("the response has an unknown Transfer-Encoding"));
  }
  if (!response.has("Content-Length")) return BodyDecoder::untilClose();
  const std::string& text = response.get("Content-Length");
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc() || end != text.data() + text.size()) {
    return tl::unexpected(broken("the response has no valid Content-Length"));
  }
  return BodyDecoder::ofLength(length);
}

}  // namespace

ResponseReader::ResponseReader(TlsStream& stream, ResponseSink& sink,
                               const Interruption& interruption)
    : stream_(stream),
      sink_(sink),
      interruption_(interruption),
      last_idle_(interruption.clock().monotonic()) {}

tl::expected<void, TransportError> ResponseReader::read(const std::string& method) {
  HTTPResponse response;
  const auto head = readHead(response);
  if (!head) return tl::unexpected(head.error());
  if (*head == Next::kEndedBySink) return {};
  auto decoder = decoderFor(response, method);
  if (!decoder) return tl::unexpected(std::move(decoder).error());
  sink_.onHead({response.getStatus(), Headers(response.begin(), response.end())});
  reusable_ = response.getKeepAlive() && !decoder->endsByClose();
  return readBody(*std::move(decoder));
}

tl::expected<ResponseReader::Next, TransportError> ResponseReader::readHead(
    HTTPResponse& response) {
  std::size_t end = 0;
  do {  // 1xx only announces
    head_.erase(0, end);
    while ((end = endOfHead(head_)) == std::string::npos) {
      if (head_.size() > kLargestHead) {
        return tl::unexpected(broken("the response's head is too large"));
      }
      auto got = next();
      if (!got || *got == Next::kEndedBySink) return got;
      if (*got == Next::kEnd) {
        return tl::unexpected(broken("the server closed the connection without a response"));
      }
      head_ += input_;
    }
    response.clear();
    if (!parseHead(head_.substr(0, end), response)) {
      return tl::unexpected(broken("the response is not HTTP/1.1"));
    }
  } while (response.getStatus() < HTTPResponse::HTTP_OK);
  input_ = std::string_view(head_).substr(end);
  return Next::kData;
}

tl::expected<void, TransportError> ResponseReader::readBody(BodyDecoder decoder) {
  const auto emit = [this](std::string_view piece) { return sink_.onData(piece); };
  while (!decoder.isComplete()) {
    if (input_.empty()) {
      auto got = next();
      if (!got) return tl::unexpected(got.error());
      if (*got == Next::kEndedBySink) {
        reusable_ = false;
        return {};
      }
      if (*got == Next::kEnd) {
        if (decoder.endsByClose()) return {};
        return tl::unexpected(broken("the response's body is cut off"));
      }
    }
    const auto progress = decoder.feed(std::exchange(input_, {}), emit);
    if (!progress) return tl::unexpected(broken("malformed response: " + progress.error()));
    if (*progress == BodyDecoder::Progress::kEndedByReceiver) {
      reusable_ = false;
      return {};
    }
    input_ = decoder.rest();
  }
  // Whatever follows answers no request of ours.
  if (!input_.empty()) reusable_ = false;
  return {};
}

/// Waits for the next bytes, which are then in input_.
tl::expected<ResponseReader::Next, TransportError> ResponseReader::next() {
  while (true) {
    if (const auto cause = interruption_.cause()) {
      return tl::unexpected(TransportError{*cause, "while waiting for the response"});
    }
    if (sinkEndsIdle()) return Next::kEndedBySink;
    const auto result = stream_.readSome(buffer_.data(), buffer_.size());
    if (!result) return tl::unexpected(result.error());
    switch (result->state) {
      case TlsStream::ReadState::kEnd:
        return Next::kEnd;
      case TlsStream::ReadState::kNothingYet:
        stream_.waitForData(interruption_);
        break;
      case TlsStream::ReadState::kData:
        received_ = true;
        input_ = std::string_view(buffer_.data(), result->length);
        return Next::kData;
    }
  }
}

/// Asked between pieces too: under a steady stream a Lease wants its renewal all the same.
bool ResponseReader::sinkEndsIdle() {
  const timing::Monotonic now = interruption_.clock().monotonic();
  if (now - last_idle_ < kIdleInterval) return false;
  last_idle_ = now;
  return !sink_.onIdle();
}

}  // namespace k8s
