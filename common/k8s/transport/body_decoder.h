#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace k8s {

/// Takes the framing off a response's body as it comes in. Unlike a stream it knows whether the
/// body is whole: a cut one must not pass for a short one.
class BodyDecoder {
 public:
  static BodyDecoder ofLength(std::uint64_t length);
  static BodyDecoder chunked();
  static BodyDecoder untilClose();

  /// Called with what a piece of input holds of the body; false to end.
  using Emit = std::function<bool(std::string_view)>;
  enum class Progress { kMore, kComplete, kEndedByReceiver };
  /// The error says what is malformed. After kComplete, `rest()` is what did not belong to the
  /// body.
  tl::expected<Progress, std::string> feed(std::string_view input, const Emit& emit);
  std::string_view rest() const { return rest_; }

  bool isComplete() const { return state_ == State::kDone; }
  /// Whether the connection's orderly end completes the body.
  bool endsByClose() const { return state_ == State::kUntilClose; }

 private:
  enum class State { kFixed, kUntilClose, kSize, kChunk, kChunkEnd, kTrailer, kDone };
  explicit BodyDecoder(State state, std::uint64_t left = 0) : state_(state), left_(left) {}
  bool takeData(const Emit& emit);
  bool takeLine();
  tl::expected<void, std::string> lineEnded();

  State state_;
  std::uint64_t left_;  // bytes of the body or of the chunk that are still to come
  std::string line_;    // of the framing, as far as it has come
  std::string_view rest_;
};

}  // namespace k8s
