#pragma once

#include <string>
#include <string_view>

#include "common/text/utf8.h"

namespace text {

/// The text in double quotes, for a message; a long one is cut at a character's border and ends in
/// "...".
inline std::string inQuotes(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  const bool cut = text.size() > kLongest;
  return '"' + std::string(cutUtf8(text, kLongest)) + (cut ? "...\"" : "\"");
}

}  // namespace text
