#include <cmath>
#include <optional>
#include <string>

#include "job/report/quantity.h"
#include "tests/fuzz/fuzz.h"

namespace {

constexpr double kLargest = 9223372036854775807.0;

/// resource.Quantity's grammar, read slowly: sign, digits with at most one point, suffix or
/// exponent. Nothing for what is none, or negative.
std::optional<double> slowly(std::string_view text) {
  const std::size_t sign = text.starts_with('+') || text.starts_with('-') ? 1 : 0;
  const std::size_t end = std::min(text.find_first_not_of("0123456789.", sign), text.size());
  const std::string number(text.substr(sign, end - sign));
  if (number.find_first_of("0123456789") == std::string::npos) return std::nullopt;
  if (number.find('.') != number.rfind('.')) return std::nullopt;
  const std::string suffix(text.substr(end));
  double value = 0;
  if (suffix.size() > 1 && (suffix[0] == 'e' || suffix[0] == 'E') && suffix != "Ei") {
    const std::size_t digits = suffix[1] == '+' || suffix[1] == '-' ? 2 : 1;
    if (suffix.size() == digits) return std::nullopt;
    if (suffix.find_first_not_of("0123456789", digits) != std::string::npos) return std::nullopt;
    value = std::strtod((number + suffix).c_str(), nullptr);
  } else {
    constexpr std::string_view kDecimal = "num kMGTPE";
    value = std::strtod(number.c_str(), nullptr);
    const std::size_t place = suffix.empty() ? 3 : kDecimal.find(suffix[0]);
    if (suffix.size() == 2 && suffix[1] == 'i') {
      const std::size_t binary = std::string_view("KMGTPE").find(suffix[0]);
      if (binary == std::string_view::npos) return std::nullopt;
      value = std::ldexp(value, static_cast<int>(10 * (binary + 1)));
    } else if (suffix.size() > 1 || place == std::string_view::npos || suffix == " ") {
      return std::nullopt;
    } else {
      value *= std::pow(10.0, 3 * (static_cast<double>(place) - 3));
    }
  }
  if (text.starts_with('-') && value > 0) return std::nullopt;
  return std::min(value, kLargest);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::textOf(data, size);
  if (input.find('\0') != std::string_view::npos) return 0;  // strtod would end there
  const auto bytes = job::bytesOfQuantity(input);
  const auto expected = slowly(input);
  fuzz::require(bytes.has_value() == expected.has_value(), "the grammar is Kubernetes' own");
  if (!bytes) return 0;
  fuzz::require(*bytes >= 0 && *bytes <= kLargest, "it is within what Kubernetes has");
  fuzz::require(std::fabs(*bytes - *expected) <= *expected * 1e-12, "it is the right number");

  const auto shown = job::bytesOfQuantity(job::humanSize(*bytes));
  fuzz::require(shown.has_value(), "what people are shown is a quantity");
  fuzz::require(std::fabs(*shown - *bytes) <= std::fmax(*bytes * 0.06, 0.5),
                "what people are shown is about the same");
  return 0;
}
