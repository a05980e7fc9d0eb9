#include "common/k8s/transport/body_decoder.h"

#include <gtest/gtest.h>

namespace k8s {
namespace {

using Progress = BodyDecoder::Progress;

/// The body of `input`, fed in pieces of `size`; "error" when it is malformed.
std::string decoded(BodyDecoder decoder, std::string_view input, std::size_t size) {
  std::string body;
  for (std::size_t at = 0; at < input.size() && !decoder.isComplete(); at += size) {
    const auto progress = decoder.feed(input.substr(at, size), [&](std::string_view piece) {
      body += piece;
      return true;
    });
    if (!progress) return "error";
  }
  return body + (decoder.isComplete() ? "." : "...");
}

constexpr std::string_view kChunked =
    "5\r\nfirst\r\nA ;x=y\r\n and secon\r\n1\r\nd\r\n0\r\nT: v\r\n\r\n";

TEST(BodyDecoderTest, GivesTheSameBodyHoweverItIsCut) {
  for (std::size_t size = 1; size <= kChunked.size(); ++size) {
    EXPECT_EQ(decoded(BodyDecoder::chunked(), kChunked, size), "first and second.") << size;
    EXPECT_EQ(decoded(BodyDecoder::ofLength(6), "length", size), "length.") << size;
  }
}

TEST(BodyDecoderTest, IsIncompleteForEachProperPrefix) {
  for (std::size_t length = 0; length < kChunked.size(); ++length) {
    const std::string body = decoded(BodyDecoder::chunked(), kChunked.substr(0, length), 1000);
    EXPECT_TRUE(body.ends_with("...")) << length << ": " << body;
  }
}

TEST(BodyDecoderTest, LeavesWhatFollowsTheBody) {
  BodyDecoder decoder = BodyDecoder::ofLength(2);
  EXPECT_EQ(decoder.feed("okHTTP", [](std::string_view) { return true; }), Progress::kComplete);
  EXPECT_EQ(decoder.rest(), "HTTP");
}

TEST(BodyDecoderTest, EmptyBodyIsCompleteFromTheStart) {
  EXPECT_TRUE(BodyDecoder::ofLength(0).isComplete());
}

TEST(BodyDecoderTest, EndsWhenTheReceiverWantsNoMore) {
  BodyDecoder decoder = BodyDecoder::untilClose();
  EXPECT_EQ(decoder.feed("data", [](std::string_view) { return false; }),
            Progress::kEndedByReceiver);
}

TEST(BodyDecoderTest, RefusesMalformedSizes) {
  for (const std::string_view size : {"", "x", "-1", "+1", "0x1", "1g", "11111111111111111"}) {
    EXPECT_EQ(decoded(BodyDecoder::chunked(), std::string(size) + "\r\nbody", 1000), "error")
        << size;
  }
}

TEST(BodyDecoderTest, RefusesChunkLongerThanItsSize) {
  EXPECT_EQ(decoded(BodyDecoder::chunked(), "2\r\nlong\r\n", 1000), "error");
}

TEST(BodyDecoderTest, RefusesEndlessLine) {
  EXPECT_EQ(decoded(BodyDecoder::chunked(), std::string(100'000, '1'), 1000), "error");
}

TEST(BodyDecoderTest, RefusesTooLongALineHoweverItIsCut) {
  const std::string body = "0\r\nT: " + std::string(9000, 'v') + "\r\n\r\n";
  EXPECT_EQ(decoded(BodyDecoder::chunked(), body, body.size()), "error");
  EXPECT_EQ(decoded(BodyDecoder::chunked(), body, 1), "error");
}

}  // namespace
}  // namespace k8s
