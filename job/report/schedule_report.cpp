#include "job/report/schedule_report.h"

#include <date/tz.h>

#include <chrono>

#include "common/time/rfc3339.h"

namespace job {
namespace {

std::string twoDigits(std::int64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

/// "+05:30". Offsets of whole minutes are all that RFC 3339 can say; zones had others long ago.
std::string offsetText(std::chrono::seconds offset) {
  const auto minutes = std::chrono::abs(std::chrono::round<std::chrono::minutes>(offset)).count();
  return (offset.count() < 0 ? "-" : "+") + twoDigits(minutes / 60) + ":" + twoDigits(minutes % 60);
}

std::string localTime(timing::Instant instant, const cron::TimeZone& zone) {
  std::string utc = timing::formatRfc3339(instant);
  const auto* native = static_cast<const date::time_zone*>(zone.native());
  if (native == nullptr) return utc;
  const auto info = native->get_info(std::chrono::floor<std::chrono::seconds>(instant));
  if (info.abbrev == "UTC") return utc;
  const std::chrono::seconds offset = std::chrono::round<std::chrono::minutes>(info.offset);
  // The local time is what UTC's clock shows an offset later.
  std::string local = timing::formatRfc3339(instant + offset);
  local.pop_back();
  return local + offsetText(offset);
}

}  // namespace

std::string scheduleReport(const cron::Schedule& schedule, timing::Instant from, int count) {
  std::string lines;
  auto firing = schedule.next(from);
  for (int i = 0; i < count && firing; ++i) {
    lines += localTime(*firing, schedule.zone()) + "\n";
    firing = schedule.next(*firing);
  }
  return lines;
}

}  // namespace job
