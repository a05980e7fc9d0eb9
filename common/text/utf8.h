#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace text {

struct Character {
  char32_t point = 0;
  std::size_t size = 0;  // in bytes; 0 when the bytes are no UTF-8
};

/// The first character of a text that is not empty, refusing overlong forms, surrogates and what is
/// beyond U+10FFFF.
Character firstCharacter(std::string_view text);

bool isUtf8(std::string_view text);

/// At most the first `limit` bytes of `text`, without half a character at their end.
inline std::string_view cutUtf8(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0U) == 0x80U) --limit;
  return text.substr(0, limit);
}

inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// `text` with U+FFFD for each byte that is no UTF-8.
std::string validUtf8(std::string_view text);

}  // namespace text
