#include "job/model/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

namespace job {
namespace {

struct Suffix {
  std::string_view text;
  double factor;
};

constexpr double kKi = 1024;
constexpr std::array kSuffixes = {
    Suffix{"", 1},
    Suffix{"n", 1e-9},
    Suffix{"u", 1e-6},
    Suffix{"m", 1e-3},
    Suffix{"k", 1e3},
    Suffix{"M", 1e6},
    Suffix{"G", 1e9},
    Suffix{"T", 1e12},
    Suffix{"P", 1e15},
    Suffix{"E", 1e18},
    Suffix{"Ki", kKi},
    Suffix{"Mi", kKi* kKi},
    Suffix{"Gi", kKi* kKi* kKi},
    Suffix{"Ti", kKi* kKi* kKi* kKi},
    Suffix{"Pi", kKi* kKi* kKi* kKi* kKi},
    Suffix{"Ei", kKi* kKi* kKi* kKi* kKi* kKi},
};
constexpr std::array<std::string_view, 7> kUnits = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
// A resource.Quantity beyond int64 becomes this one.
constexpr double kLargest = 9223372036854775807.0;

/// All of `text` as a number; nothing when it is none, or too large for a double.
std::optional<double> numberOf(std::string_view text, std::chars_format format) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, format);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

}  // namespace

std::optional<double> bytesOfQuantity(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  if (digits == 0) return std::nullopt;

  const auto* suffix = std::ranges::find(kSuffixes, text.substr(digits), &Suffix::text);
  const auto number = suffix != kSuffixes.end()
                          ? numberOf(text.substr(0, digits), std::chars_format::fixed)
                          : numberOf(text, std::chars_format::scientific);
  if (!number || (negative && *number != 0)) return std::nullopt;
  return std::min(*number * (suffix != kSuffixes.end() ? suffix->factor : 1), kLargest);
}

std::string greatestQuantity(const std::vector<std::string>& quantities) {
  std::string greatest;
  double most = -1;
  for (const std::string& quantity : quantities) {
    const auto bytes = bytesOfQuantity(quantity);
    if (!bytes || *bytes <= most) continue;
    most = *bytes;
    greatest = quantity;
  }
  return greatest;
}

std::string humanSize(double bytes) {
  std::size_t unit = 0;
  while (bytes >= kKi && unit + 1 < kUnits.size()) {
    bytes /= kKi;
    ++unit;
  }
  // One digit after the point, and none for whole numbers.
  const auto tenths = std::llround(bytes * 10);
  std::string number = std::to_string(tenths / 10);
  if (tenths % 10 != 0) number += "." + std::to_string(tenths % 10);
  return number + std::string(kUnits[unit]);
}

}  // namespace job
