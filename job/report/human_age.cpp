#include "job/report/human_age.h"

#include <algorithm>
#include <chrono>

namespace job {
namespace {

/// "2d4h"; the lesser unit only when there is some of it.
std::string inTwoUnits(std::int64_t greater, const char* unit, std::int64_t lesser,
                       const char* lesser_unit) {
  const std::string text = std::to_string(greater) + unit;
  return lesser == 0 ? text : text + std::to_string(lesser) + lesser_unit;
}

}  // namespace

std::string humanAge(timing::Duration age) {
  constexpr std::int64_t kHoursMatterUpToDays = 10;
  const std::int64_t seconds =
      std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(age).count());
  const std::int64_t minutes = seconds / 60;
  const std::int64_t hours = minutes / 60;
  const std::int64_t days = hours / 24;
  if (minutes == 0) return std::to_string(seconds) + "s";
  if (hours == 0) return std::to_string(minutes) + "m";
  if (days == 0) return inTwoUnits(hours, "h", minutes % 60, "m");
  return inTwoUnits(days, "d", days < kHoursMatterUpToDays ? hours % 24 : 0, "h");
}

}  // namespace job
