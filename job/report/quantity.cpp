#include "job/report/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace job {
namespace {

struct Suffix {
  std::string_view text;
  double factor;
};

constexpr double kKi = 1024;
constexpr std::array kSuffixes = {
    Suffix{"", 1},
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

}  // namespace

std::optional<double> bytesOfQuantity(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || !std::isfinite(number) || number < 0) return std::nullopt;
  const std::string_view rest(stop, static_cast<std::size_t>(end - stop));
  const auto* suffix =
      std::ranges::find_if(kSuffixes, [&](const Suffix& known) { return known.text == rest; });
  if (suffix == kSuffixes.end()) return std::nullopt;
  return number * suffix->factor;
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
