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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parsed = json::parse(fuzz::textOf(data, size));
  if (!parsed) {
    fuzz::require(parsed.error().size() < 600 && isPrintable(parsed.error()),
                  "the error is a short printable line");
    return 0;
  }
  const std::string text = json::write(*parsed);
  const auto again = json::parse(text);
  fuzz::require(again.has_value(), "what is written can be read");
  fuzz::require(*again == *parsed, "what is written reads as the same");
  fuzz::require(json::write(*again) == text, "writing is stable");
  const auto pretty = json::parse(json::writePretty(*parsed));
  fuzz::require(pretty.has_value() && *pretty == *parsed, "the same holds of the text for people");
  return 0;
}
