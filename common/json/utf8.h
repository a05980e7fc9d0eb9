#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace json {

/// At most the first `limit` bytes of `text`, without half a character at their end.
inline std::string_view cutUtf8(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0U) == 0x80U) --limit;
  return text.substr(0, limit);
}

/// `text` with U+FFFD for each byte that is no UTF-8, as write() would send it.
std::string validUtf8(std::string_view text);

}  // namespace json
