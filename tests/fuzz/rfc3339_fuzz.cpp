#include <ctime>
#include <string>

#include "common/time/rfc3339.h"
#include "tests/fuzz/fuzz.h"

namespace {

using std::chrono::floor;
using std::chrono::seconds;

int number(std::string_view text, std::size_t at, std::size_t width) {
  return std::stoi(std::string(text.substr(at, width)));
}

/// The C library's opinion on a text that is known to be of the right form.
std::time_t secondsByTimegm(std::string_view text) {
  std::tm broken_down{};
  broken_down.tm_year = number(text, 0, 4) - 1900;
  broken_down.tm_mon = number(text, 5, 2) - 1;
  broken_down.tm_mday = number(text, 8, 2);
  broken_down.tm_hour = number(text, 11, 2);
  broken_down.tm_min = number(text, 14, 2);
  broken_down.tm_sec = number(text, 17, 2);
  const std::time_t local = timegm(&broken_down);
  if (text.ends_with('Z')) return local;
  const std::size_t sign = text.size() - 6;
  const int offset = number(text, sign + 1, 2) * 3600 + number(text, sign + 4, 2) * 60;
  return text[sign] == '-' ? local + offset : local - offset;
}

}  // namespace

void fuzz::testOne(std::string_view input) {
  const auto instant = timing::parseRfc3339(input);
  if (!instant) {
    fuzz::require(instant.error().size() < 200, "the error is short");
    return;
  }
  fuzz::require(floor<seconds>(*instant).time_since_epoch().count() == secondsByTimegm(input),
                "timegm agrees");
  const std::string micro = timing::formatMicroTime(*instant);
  fuzz::require(micro.size() == 27, "a MicroTime has six digits after the point");
  fuzz::require(timing::parseRfc3339(micro) == *instant, "a MicroTime reads as the same");
  const std::string whole = timing::formatRfc3339(*instant);
  fuzz::require(timing::parseRfc3339(whole) == floor<seconds>(*instant),
                "a Time reads as the same second");
}
