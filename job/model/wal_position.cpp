#include "job/model/wal_position.h"

#include <charconv>
#include <limits>

namespace job {
namespace {

template <typename Number>
std::optional<Number> wholeNumber(std::string_view text, int base) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc() || at != end) return std::nullopt;
  return number;
}

std::string upperHex(std::uint64_t number) {
  std::string digits(16, '0');
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  digits.resize(static_cast<std::size_t>(end - digits.data()));
  for (char& digit : digits) {
    if (digit >= 'a') digit = static_cast<char>(digit - 'a' + 'A');
  }
  return digits;
}

}  // namespace

std::optional<WalPosition> readWalPosition(std::string_view timeline, std::string_view lsn) {
  const std::size_t slash = lsn.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto number = wholeNumber<std::uint32_t>(timeline, 10);
  const auto high = wholeNumber<std::uint32_t>(lsn.substr(0, slash), 16);
  const auto low = wholeNumber<std::uint32_t>(lsn.substr(slash + 1), 16);
  if (!number || !high || !low) return std::nullopt;
  constexpr int kHalf = std::numeric_limits<std::uint32_t>::digits;
  return WalPosition{*number, static_cast<std::uint64_t>(*high) << kHalf | *low};
}

std::string describe(const WalPosition& position) {
  constexpr int kHalf = std::numeric_limits<std::uint32_t>::digits;
  return upperHex(position.lsn >> kHalf) + "/" +
         upperHex(position.lsn & std::numeric_limits<std::uint32_t>::max()) + " on timeline " +
         std::to_string(position.timeline);
}

}  // namespace job
