#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace fuzz {

/// What a target defines: checks what has to hold of any input.
void testOne(std::string_view input);

/// Ends the process, which makes libFuzzer keep the input, when `holds` is false.
inline void require(bool holds, std::string_view property) {
  if (holds) return;
  std::fprintf(stderr, "property violated: %.*s\n", static_cast<int>(property.size()),
               property.data());
  std::abort();
}

/// Numbers that look random and depend on the text alone, so that a kept input replays and a seed
/// is nothing but a document.
class Choices {
 public:
  explicit Choices(std::string_view text) {
    for (const char c : text) next(static_cast<unsigned char>(c));
  }
  std::size_t below(std::size_t end) { return next(1) % end; }

 private:
  std::size_t next(unsigned char salt) {
    state_ = (state_ ^ salt) * 0x100000001b3;
    return static_cast<std::size_t>(state_ >> 20U);
  }
  std::uint64_t state_ = 0xcbf29ce484222325;
};

inline std::vector<std::string_view> inSingleBytes(std::string_view text) {
  std::vector<std::string_view> pieces;
  for (std::size_t i = 0; i < text.size(); ++i) pieces.push_back(text.substr(i, 1));
  return pieces;
}

/// Pieces of 1 to 64 bytes, mostly short ones.
inline std::vector<std::string_view> inRandomPieces(std::string_view text) {
  Choices choices(text);
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    pieces.push_back(text.substr(0, 1 + choices.below(std::size_t{1} << choices.below(7))));
    text.remove_prefix(pieces.back().size());
  }
  return pieces;
}

}  // namespace fuzz
