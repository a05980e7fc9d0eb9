#include <string>

#include "common/k8s/transport/body_decoder.h"
#include "tests/fuzz/fuzz.h"

namespace {

using k8s::BodyDecoder;

struct Outcome {
  std::string body;
  std::string error;
  bool complete = false;
  std::size_t consumed = 0;  // of the input, when complete
};

bool operator==(const Outcome& a, const Outcome& b) {
  return a.body == b.body && a.error == b.error && a.complete == b.complete &&
         a.consumed == b.consumed;
}

Outcome decode(BodyDecoder decoder, const std::vector<std::string_view>& pieces) {
  Outcome outcome;
  for (const std::string_view piece : pieces) {
    const auto progress = decoder.feed(piece, [&](std::string_view data) {
      fuzz::require(!data.empty(), "no empty piece is handed out");
      outcome.body += data;
      return true;
    });
    outcome.consumed += piece.size();
    if (!progress) {
      outcome.error = progress.error();
      outcome.consumed = 0;
      return outcome;
    }
    fuzz::require(decoder.isComplete() == (*progress == BodyDecoder::Progress::kComplete),
                  "progress and state agree");
    if (decoder.isComplete()) {
      outcome.consumed -= decoder.rest().size();
      break;
    }
    fuzz::require(decoder.rest().empty(), "what is not complete consumes all");
  }
  outcome.complete = decoder.isComplete();
  return outcome;
}

Outcome sameHoweverCut(const BodyDecoder& decoder, std::string_view input) {
  Outcome whole = decode(decoder, {input});
  fuzz::require(decode(decoder, fuzz::inSingleBytes(input)) == whole,
                "byte by byte gives the same as whole");
  fuzz::require(decode(decoder, fuzz::inRandomPieces(input)) == whole,
                "random pieces give the same as whole");
  return whole;
}

/// The input as a body, framed in chunks as a server does.
void framedBodyComesBack(std::string_view body) {
  std::string framed;
  for (const std::string_view chunk : fuzz::inRandomPieces(body)) {
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", chunk.size());
    framed += std::string(size) + std::string(chunk) + "\r\n";
  }
  framed += "0\r\n\r\n";
  const Outcome outcome = sameHoweverCut(BodyDecoder::chunked(), framed);
  fuzz::require(outcome.complete && outcome.body == body && outcome.consumed == framed.size(),
                "a body that is framed comes back whole");
  framed.pop_back();
  fuzz::require(!decode(BodyDecoder::chunked(), {framed}).complete, "a cut body is not complete");
}

}  // namespace

void fuzz::testOne(std::string_view input) {
  sameHoweverCut(BodyDecoder::chunked(), input);
  const std::size_t length = fuzz::Choices(input).below(input.size() + 2);
  const Outcome fixed = sameHoweverCut(BodyDecoder::ofLength(length), input);
  fuzz::require(fixed.body == input.substr(0, length) && fixed.complete == (length <= input.size()),
                "a body of known length is its first bytes");
  framedBodyComesBack(input);
}
