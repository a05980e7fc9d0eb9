#include "common/time/go_duration.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>

#include "common/text/in_quotes.h"

namespace timing {
namespace {

using Nanoseconds = std::uint64_t;

struct Unit {
  std::string_view name;
  Nanoseconds length;
};

// Both micro signs, U+00B5 and the Greek letter U+03BC, as in Go.
constexpr std::array kUnits = {
    Unit{"ns", 1},
    Unit{"us", 1'000},
    Unit{"\u00B5s", 1'000},
    Unit{"\u03BCs", 1'000},
    Unit{"ms", 1'000'000},
    Unit{"s", 1'000'000'000},
    Unit{"m", 60 * Nanoseconds{1'000'000'000}},
    Unit{"h", 3600 * Nanoseconds{1'000'000'000}},
};
constexpr Nanoseconds kSecond = 1'000'000'000;

// The magnitude of the most negative duration; the most positive one is one less.
constexpr Nanoseconds kLargest = Nanoseconds{1} << 63U;

constexpr bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view takeDigits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), isDigit);
  const auto digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

std::string_view takeUnit(std::string_view& text) {
  const auto end = std::min(text.find_first_of(".0123456789"), text.size());
  const auto unit = text.substr(0, end);
  text.remove_prefix(end);
  return unit;
}

/// Nothing when the number is beyond every duration.
std::optional<Nanoseconds> wholeNumber(std::string_view digits) {
  Nanoseconds value = 0;
  for (const char c : digits) {
    if (value > kLargest / 10) return std::nullopt;
    value = value * 10 + static_cast<Nanoseconds>(c - '0');
    if (value > kLargest) return std::nullopt;
  }
  return value;
}

/// The part of `unit` that the digits after the point say. Go's own arithmetic: digits that no
/// longer fit are dropped and the product is rounded to a double, so the last nanosecond comes out
/// as Go has it.
Nanoseconds fractionOf(Nanoseconds unit, std::string_view digits) {
  constexpr auto kMost = static_cast<Nanoseconds>(std::numeric_limits<std::int64_t>::max());
  Nanoseconds value = 0;
  double scale = 1;
  for (const char c : digits) {
    if (value > kMost / 10) break;
    const Nanoseconds longer = value * 10 + static_cast<Nanoseconds>(c - '0');
    if (longer > kLargest) break;
    value = longer;
    scale *= 10;
  }
  return static_cast<Nanoseconds>(static_cast<double>(value) * (static_cast<double>(unit) / scale));
}

/// What one part such as "1.5h" adds, taken from the front of `rest`.
tl::expected<Nanoseconds, std::string> takePart(std::string_view& rest) {
  const auto whole = takeDigits(rest);
  std::string_view fraction;
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    fraction = takeDigits(rest);
  }
  if (whole.empty() && fraction.empty()) {
    return tl::unexpected<std::string>("is not a duration such as 90s or 1h30m");
  }
  const auto name = takeUnit(rest);
  if (name.empty()) return tl::unexpected<std::string>("needs a unit, e.g. 5s");
  const auto unit =
      std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& u) { return u.name == name; });
  if (unit == kUnits.end()) {
    return tl::unexpected("has the unknown unit " + text::inQuotes(name) +
                          ", use h, m, s, ms, us or ns" + (name == "d" ? " (a day is 24h)" : ""));
  }
  const auto count = wholeNumber(whole);
  if (!count || *count > kLargest / unit->length) {
    return tl::unexpected<std::string>("is too long");
  }
  return *count * unit->length + fractionOf(unit->length, fraction);
}

tl::expected<Duration, std::string> parse(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return Duration::zero();

  Nanoseconds total = 0;
  do {
    const auto part = takePart(text);
    if (!part) return tl::unexpected(part.error());
    if (*part > kLargest - total) return tl::unexpected<std::string>("is too long");
    total += *part;
  } while (!text.empty());

  if (!negative && total == kLargest) return tl::unexpected<std::string>("is too long");
  // Negated as unsigned, because the most negative value has no positive counterpart.
  return Duration(static_cast<std::int64_t>(negative ? 0 - total : total));
}

/// `value` over `unit` as a decimal without trailing zeros: 1500 over 1000 is "1.5".
std::string decimal(Nanoseconds value, Nanoseconds unit) {
  std::string out = std::to_string(value / unit);
  Nanoseconds rest = value % unit;
  if (rest == 0) return out;
  out += '.';
  for (Nanoseconds weight = unit / 10; rest != 0; weight /= 10) {
    out += static_cast<char>('0' + rest / weight);
    rest %= weight;
  }
  return out;
}

std::string formatMagnitude(Nanoseconds value) {
  if (value == 0) return "0s";
  if (value < 1'000) return decimal(value, 1) + "ns";
  if (value < 1'000'000) return decimal(value, 1'000) + "\u00B5s";
  if (value < kSecond) return decimal(value, 1'000'000) + "ms";
  const Nanoseconds minutes = value / (60 * kSecond);
  std::string out;
  if (minutes >= 60) out += std::to_string(minutes / 60) + "h";
  if (minutes > 0) out += std::to_string(minutes % 60) + "m";
  return out + decimal(value % (60 * kSecond), kSecond) + "s";
}

}  // namespace

tl::expected<Duration, std::string> parseGoDuration(std::string_view text) {
  auto duration = parse(text);
  if (duration) return *duration;
  return tl::unexpected("duration " + text::inQuotes(text) + " " + duration.error());
}

std::string formatGoDuration(Duration duration) {
  const auto count = static_cast<Nanoseconds>(duration.count());
  return duration.count() < 0 ? "-" + formatMagnitude(0 - count) : formatMagnitude(count);
}

}  // namespace timing
