#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "job/model/quantity.h"
#include "tests/fuzz/fuzz.h"

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kLargest = 9223372036854775807.0;

/// resource.Quantity's grammar, read slowly: sign, digits with at most one point, suffix or
/// exponent. Nothing for what is none, or negative; infinite for what a double holds badly.
std::optional<double> slowly(std::string_view text) {
  const std::size_t sign = text.starts_with('+') || text.starts_with('-') ? 1 : 0;
  const std::size_t end = std::min(text.find_first_not_of("0123456789.", sign), text.size());
  const std::string number(text.substr(sign, end - sign));
  if (number.find_first_of("0123456789") == std::string::npos) return std::nullopt;
  if (number.find('.') != number.rfind('.')) return std::nullopt;
  const std::string suffix(text.substr(end));
  double value = std::strtod(number.c_str(), nullptr);
  const bool is_zero = number.find_first_of("123456789") == std::string::npos;
  const bool exponent =
      suffix.size() > 1 && (suffix[0] == 'e' || suffix[0] == 'E') && suffix != "Ei";
  if (exponent) {
    const std::size_t digits = suffix[1] == '+' || suffix[1] == '-' ? 2 : 1;
    if (suffix.size() == digits) return std::nullopt;
    if (suffix.find_first_not_of("0123456789", digits) != std::string::npos) return std::nullopt;
    value = std::strtod((number + suffix).c_str(), nullptr);
  } else if (suffix.size() == 2 && suffix[1] == 'i') {
    const std::size_t power = std::string_view("KMGTPE").find(suffix[0]);
    if (power == std::string_view::npos) return std::nullopt;
    value = std::ldexp(value, static_cast<int>(10 * (power + 1)));
  } else if (!suffix.empty()) {
    const std::size_t power = std::string_view("num?kMGTPE").find(suffix);
    if (suffix.size() > 1 || suffix == "?" || power == std::string_view::npos) return std::nullopt;
    value *= std::pow(10.0, 3 * static_cast<int>(power) - 9);
  }
  if (std::isinf(value) || (!is_zero && value < 1e-290)) return kInfinite;
  if (text.starts_with('-') && !is_zero) return std::nullopt;
  return std::min(value, kLargest);
}

}  // namespace

void fuzz::testOne(std::string_view input) {
  if (input.find('\0') != std::string_view::npos) return;  // strtod would end there
  const auto bytes = job::bytesOfQuantity(input);
  const auto expected = slowly(input);
  if (expected == kInfinite) return;
  fuzz::require(bytes.has_value() == expected.has_value(), "the grammar is Kubernetes' own");
  if (!bytes) return;
  fuzz::require(*bytes >= 0 && *bytes <= kLargest, "it is within what Kubernetes has");
  fuzz::require(std::fabs(*bytes - *expected) <= *expected * 1e-12, "it is the right number");

  const auto shown = job::bytesOfQuantity(job::humanSize(*bytes));
  fuzz::require(shown.has_value(), "what people are shown is a quantity");
  fuzz::require(std::fabs(*shown - *bytes) <= std::fmax(*bytes * 0.06, 0.5),
                "what people are shown is about the same");
}
