#include "common/json/parse.h"
#include "common/json/write.h"
#include "tests/fuzz/fuzz.h"

namespace {

bool isPrintable(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  return true;
}

/// The ranges are those of the Unicode standard's table 3-7.
bool isUtf8(std::string_view text) {
  const auto in = [](unsigned char byte, unsigned low, unsigned high) {
    return byte >= low && byte <= high;
  };
  std::size_t i = 0;
  const auto at = [&](std::size_t ahead) {
    return static_cast<unsigned char>(i + ahead < text.size() ? text[i + ahead] : '\0');
  };
  while (i < text.size()) {
    const unsigned char lead = at(0);
    const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    const std::size_t size = lead < 0x80            ? 1
                             : in(lead, 0xC2, 0xDF) ? 2
                             : in(lead, 0xE0, 0xEF) ? 3
                             : in(lead, 0xF0, 0xF4) ? 4
                                                    : 0;
    if (size == 0) return false;
    if (size > 1 && !in(at(1), low, high)) return false;
    for (std::size_t k = 2; k < size; ++k) {
      if (!in(at(k), 0x80, 0xBF)) return false;
    }
    i += size;
  }
  return true;
}

}  // namespace

void fuzz::testOne(std::string_view input) {
  const auto parsed = json::parse(input);
  if (!parsed) {
    fuzz::require(parsed.error().size() < 600 && isPrintable(parsed.error()),
                  "the error is a short printable line");
    return;
  }
  fuzz::require(isUtf8(input), "only UTF-8 is taken");
  const char last = input[input.find_last_not_of(" \t\r\n")];
  fuzz::require(last == '}' || last == ']', "nothing follows");

  const std::string text = json::write(*parsed);
  const auto again = json::parse(text);
  fuzz::require(again.has_value(), "what is written can be read");
  fuzz::require(*again == *parsed, "what is written reads as the same");
  fuzz::require(json::write(*again) == text, "writing is stable");
  const auto pretty = json::parse(json::writePretty(*parsed));
  fuzz::require(pretty.has_value() && *pretty == *parsed, "the same holds of the text for people");
}
