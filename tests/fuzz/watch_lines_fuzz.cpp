#include <string>

#include "common/k8s/watch_lines.h"
#include "tests/fuzz/fuzz.h"

namespace {

using k8s::WatchLines;

/// The lines handed out; at most `wanted`, then the receiver ends.
std::vector<std::string> linesOf(const std::vector<std::string_view>& pieces, std::size_t wanted) {
  std::vector<std::string> lines;
  WatchLines cutter;
  for (const std::string_view piece : pieces) {
    const auto progress = cutter.feed(piece, [&](std::string_view line) {
      fuzz::require(lines.size() < wanted, "who wants no more gets no more");
      lines.emplace_back(line);
      return lines.size() < wanted;
    });
    fuzz::require(progress != WatchLines::Progress::kTooLong, "no line is too long");
    const bool ended = progress == WatchLines::Progress::kEndedByReceiver;
    fuzz::require(ended == (lines.size() == wanted), "it ends when its receiver does");
    if (ended) break;
  }
  return lines;
}

/// What the lines are by definition: the blank ones and the rest after the last line end left out.
std::vector<std::string> expectedLines(std::string_view text, std::size_t wanted) {
  std::vector<std::string> lines;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos && lines.size() < wanted;
       end = text.find('\n')) {
    const std::string_view line = text.substr(0, end);
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) lines.emplace_back(line);
    text.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace

void fuzz::testOne(std::string_view input) {
  for (const std::size_t wanted : {input.size() + 1, 1 + fuzz::Choices(input).below(4)}) {
    const auto expected = expectedLines(input, wanted);
    fuzz::require(linesOf({input}, wanted) == expected, "the lines are those of the text");
    fuzz::require(linesOf(fuzz::inSingleBytes(input), wanted) == expected,
                  "byte by byte gives the same as whole");
    fuzz::require(linesOf(fuzz::inRandomPieces(input), wanted) == expected,
                  "random pieces give the same as whole");
  }
}
