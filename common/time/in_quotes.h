#pragma once

#include <string>
#include <string_view>

namespace timing {

/// The text in double quotes, for a message; a long one is cut at a character's border and ends in
/// "...".
inline std::string inQuotes(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  const bool cut = text.size() > kLongest;
  if (cut) {
    std::size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text = text.substr(0, end);
  }
  return '"' + std::string(text) + (cut ? "...\"" : "\"");
}

}  // namespace timing
