#include "common/json/escape.h"

#include <cstddef>

#include "common/text/utf8.h"

namespace json {
namespace {

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

void appendEscaped(std::string& out, std::string_view text, Quotes quotes) {
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && isPlain(text[plain])) ++plain;
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) return;

    const auto [point, size] = text::firstCharacter(text);
    if (size == 0) {
      out += text::kReplacement;
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
