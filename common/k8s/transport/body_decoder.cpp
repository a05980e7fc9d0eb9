#include "common/k8s/transport/body_decoder.h"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace k8s {
namespace {

constexpr std::size_t kLongestLine = 8192;

}  // namespace

BodyDecoder BodyDecoder::ofLength(std::uint64_t length) {
  return BodyDecoder(length == 0 ? State::kDone : State::kFixed, length);
}
BodyDecoder BodyDecoder::chunked() {
  return BodyDecoder(State::kSize);
}
BodyDecoder BodyDecoder::untilClose() {
  return BodyDecoder(State::kUntilClose);
}

tl::expected<BodyDecoder::Progress, std::string> BodyDecoder::feed(std::string_view input,
                                                                   const Emit& emit) {
  rest_ = input;
  while (state_ != State::kDone && !rest_.empty()) {
    const bool is_data =
        state_ == State::kFixed || state_ == State::kUntilClose || state_ == State::kChunk;
    if (is_data) {
      if (!takeData(emit)) return Progress::kEndedByReceiver;
      continue;
    }
    const bool line_is_whole = takeLine();
    if (line_.size() > kLongestLine) {
      return tl::unexpected(std::string("a line of the body's framing is too long"));
    }
    if (!line_is_whole) continue;
    if (line_.ends_with('\r')) line_.pop_back();
    if (auto understood = lineEnded(); !understood) return tl::unexpected(understood.error());
    line_.clear();
  }
  return isComplete() ? Progress::kComplete : Progress::kMore;
}

bool BodyDecoder::takeData(const Emit& emit) {
  std::string_view piece = rest_;
  if (state_ != State::kUntilClose) {
    piece = piece.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, piece.size())));
    left_ -= piece.size();
    if (left_ == 0) state_ = state_ == State::kFixed ? State::kDone : State::kChunkEnd;
  }
  rest_.remove_prefix(piece.size());
  return emit(piece);
}

/// True when a whole line, without its line feed, stands in line_.
bool BodyDecoder::takeLine() {
  const std::size_t newline = rest_.find('\n');
  line_ += rest_.substr(0, newline);
  if (newline == std::string_view::npos) {
    rest_ = {};
    return false;
  }
  rest_.remove_prefix(newline + 1);
  return true;
}

tl::expected<void, std::string> BodyDecoder::lineEnded() {
  switch (state_) {
    case State::kSize: {
      const std::size_t digits = line_.find_first_not_of("0123456789abcdefABCDEF");
      const std::string_view size = std::string_view(line_).substr(0, digits);
      const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), left_, 16);
      const bool extension_follows =
          digits == std::string::npos || line_[digits] == ';' || line_[digits] == ' ';
      if (error != std::errc() || end != size.data() + size.size() || !extension_follows) {
        return tl::unexpected(std::string("a chunk has no valid size"));
      }
      state_ = left_ == 0 ? State::kTrailer : State::kChunk;
      return {};
    }
    case State::kChunkEnd:
      if (!line_.empty()) return tl::unexpected(std::string("a chunk is longer than its size"));
      state_ = State::kSize;
      return {};
    default:  // the trailer ends with an empty line
      if (line_.empty()) state_ = State::kDone;
      return {};
  }
}

}  // namespace k8s
