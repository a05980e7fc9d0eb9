#include "common/time/go_duration.h"
#include "tests/fuzz/fuzz.h"

void fuzz::testOne(std::string_view input) {
  const auto parsed = timing::parseGoDuration(input);
  if (!parsed) {
    fuzz::require(parsed.error().size() < 300, "the error is short");
    return;
  }
  const std::string text = timing::formatGoDuration(*parsed);
  const auto again = timing::parseGoDuration(text);
  fuzz::require(again.has_value(), "what is written can be read");
  // Go reads a fraction as a double, so that beyond 2^53 ns the last digits may differ; there they
  // differ in Go too.
  const auto difference = again->count() - parsed->count();
  fuzz::require(difference >= -1 && difference <= 1, "what is written reads as the same");
  fuzz::require(input.starts_with('-') || parsed->count() >= 0, "no sign, not negative");
  fuzz::require(!input.starts_with('-') || parsed->count() <= 0, "a minus sign, not positive");
}
