#include "common/json/escape.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "common/json/utf8.h"

namespace json {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

struct Character {
  char32_t point = 0;
  std::size_t size = 0;  // in bytes; 0 when the bytes are no UTF-8
};

/// The first character of `text`, refusing overlong forms, surrogates and what is beyond U+10FFFF.
Character firstCharacter(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead < 0xC2   ? 0
                           : lead < 0xE0 ? 2
                           : lead < 0xF0 ? 3
                           : lead < 0xF5 ? 4
                                         : 0;
  if (size == 0 || text.size() < size) return {};
  char32_t point = lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0U) != 0x80U) return {};
    point = (point << 6U) | (next & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (point < kLeast[size] || surrogate || point > 0x10FFFF) return {};
  return {point, size};
}

bool steersTerminal(char32_t point) {
  return point < 0x20 || (point >= 0x7F && point <= 0x9F) ||  // C0, DEL, C1
         (point >= 0x2028 && point <= 0x202E) ||  // line separators, embedded directions
         (point >= 0x2066 && point <= 0x2069);    // isolated directions
}

void appendEscape(std::string& out, char32_t point) {
  switch (point) {
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(point >> shift) & 0xFU];
}

bool isPlain(char c) {
  return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

}  // namespace

std::string validUtf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = firstCharacter(text).size;
    out += size == 0 ? kReplacement : text.substr(0, size);
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

void appendEscaped(std::string& out, std::string_view text, Quotes quotes) {
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && isPlain(text[plain])) ++plain;
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) return;

    const auto [point, size] = firstCharacter(text);
    if (size == 0) {
      out += kReplacement;
      text.remove_prefix(1);
      continue;
    }
    if (steersTerminal(point)) {
      appendEscape(out, point);
    } else {
      if (quotes == Quotes::kEscaped && (point == '"' || point == '\\')) out += '\\';
      out += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
}

}  // namespace json
