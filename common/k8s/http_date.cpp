#include "common/k8s/http_date.h"

#include <cstddef>
#include <string>

#include "common/time/rfc3339.h"

namespace k8s {

std::optional<timing::Instant> parseHttpDate(std::string_view text) {
  constexpr std::string_view kForm = "Wed, 15 Jan 2025 02:00:00 GMT";
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != kForm.size()) return std::nullopt;
  for (const std::size_t at : {3U, 4U, 7U, 11U, 16U, 25U}) {
    if (text[at] != kForm[at]) return std::nullopt;
  }
  const std::size_t month = kMonths.find(text.substr(8, 3));
  if (!text.ends_with("GMT") || month == std::string_view::npos || month % 3 != 0) {
    return std::nullopt;
  }
  const std::string number = std::to_string(month / 3 + 1);
  const auto instant = timing::parseRfc3339(
      std::string(text.substr(12, 4)) + "-" + (number.size() < 2 ? "0" : "") + number + "-" +
      std::string(text.substr(5, 2)) + "T" + std::string(text.substr(17, 8)) + "Z");
  return instant ? std::optional(*instant) : std::nullopt;
}

}  // namespace k8s
