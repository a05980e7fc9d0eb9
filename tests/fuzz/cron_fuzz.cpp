#include <date/tz.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include "common/cron/cron_expression.h"
#include "common/cron/schedule.h"
#include "tests/fuzz/fuzz.h"

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;

constexpr std::array kDialects = {cron::Dialect::kStandard, cron::Dialect::kSeconds,
                                  cron::Dialect::kStandardOrSeconds, cron::Dialect::kCnpg};

/// Before clock changes, a leap day, the end of a year and the years that have no leap day.
constexpr std::array<sys_seconds, 7> kStarts = {
    sys_days{year(2025) / 3 / 29} + hours(23),
    sys_days{year(2025) / 10 / 25} + hours(22) + seconds(1),
    sys_days{year(2025) / 4 / 5} + hours(14),
    sys_days{year(2024) / 2 / 28} + hours(12),
    sys_days{year(2025) / 12 / 31} + hours(23) + minutes(59) + seconds(59),
    sys_days{year(2096) / 3 / 1},
    sys_days{year(1970) / 1 / 1},
};

/// Whether it fires at `at`, straight from the definition: the local time's parts are looked up.
bool matches(const cron::Fields& fields, const cron::TimeZone& zone, sys_seconds at) {
  seconds offset{0};
  if (zone.native() != nullptr) {
    offset = static_cast<const date::time_zone*>(zone.native())->get_info(at).offset;
  }
  const sys_seconds local = at + offset;
  const sys_days day = floor<days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(local - day);
  if (!fields.month.has(static_cast<unsigned>(date.month())) ||
      !fields.hour.has(static_cast<unsigned>(time.hours().count())) ||
      !fields.minute.has(static_cast<unsigned>(time.minutes().count())) ||
      !fields.second.has(static_cast<unsigned>(time.seconds().count()))) {
    return false;
  }
  const bool by_date = fields.dayOfMonth.has(static_cast<unsigned>(date.day()));
  const bool by_weekday = fields.dayOfWeek.has(std::chrono::weekday(day).c_encoding());
  return fields.dayOfMonth.star || fields.dayOfWeek.star ? by_date && by_weekday
                                                         : by_date || by_weekday;
}

/// Looks at the seconds at both ends and at some in between.
void noneIsLeftOut(const cron::Fields& fields, const cron::TimeZone& zone, sys_seconds after,
                   sys_seconds end, fuzz::Choices& choices) {
  constexpr seconds kClose{200};
  constexpr int kSamples = 100;
  for (sys_seconds at = after + seconds(1); at < std::min(end, after + kClose); at += seconds(1)) {
    fuzz::require(!matches(fields, zone, at), "no firing is left out after the start");
  }
  for (sys_seconds at = std::max(after + kClose, end - kClose); at < end; at += seconds(1)) {
    fuzz::require(!matches(fields, zone, at), "no firing is left out before the one found");
  }
  const auto length = static_cast<std::size_t>((end - after).count());
  for (int i = 0; i < kSamples && length > 1; ++i) {
    const sys_seconds at = after + seconds(1 + choices.below(length - 1));
    // At a minute's start most of all: that is where firings are.
    fuzz::require(!matches(fields, zone, at), "no firing is left out");
    const sys_seconds minute = floor<minutes>(at);
    fuzz::require(minute <= after || !matches(fields, zone, minute), "no full minute is left out");
  }
}

void firesWhenItSays(const cron::Schedule& schedule, const cron::CronExpression& expression,
                     fuzz::Choices& choices) {
  const sys_seconds start = kStarts[choices.below(kStarts.size())];
  const timing::Instant after = start + std::chrono::microseconds(choices.below(1'000'000));
  const auto next = schedule.next(after);
  if (const auto* every = std::get_if<cron::Every>(&expression.when)) {
    fuzz::require(schedule.every() == timing::Duration(every->interval), "@every is told");
    fuzz::require(next == start + every->interval, "@every adds its interval");
    return;
  }
  const auto& fields = std::get<cron::Fields>(expression.when);
  if (!next) {
    const year last =
        std::chrono::year_month_day(floor<days>(start)).year() + std::chrono::years(5);
    noneIsLeftOut(fields, schedule.zone(), start, sys_days{last / 12 / 31}, choices);
    return;
  }
  fuzz::require(*next > after, "the next firing is later");
  fuzz::require(floor<seconds>(*next) == *next, "it is a whole second");
  fuzz::require(matches(fields, schedule.zone(), floor<seconds>(*next)), "it matches");
  noneIsLeftOut(fields, schedule.zone(), start, floor<seconds>(*next), choices);
}

}  // namespace

void fuzz::testOne(std::string_view input) {
  static const std::array zones = {cron::TimeZone::utc(),
                                   cron::TimeZone::find("Europe/Berlin").value(),
                                   cron::TimeZone::find("Australia/Lord_Howe").value()};
  fuzz::Choices choices(input);
  const cron::TimeZone& zone = zones[choices.below(zones.size())];
  for (const cron::Dialect dialect : kDialects) {
    const auto schedule = cron::Schedule::parse(input, zone, dialect);
    if (!schedule) {
      fuzz::require(!schedule.error().empty() && schedule.error().size() < 600,
                    "the error is one clause");
      continue;
    }
    fuzz::require(schedule->expression() == input, "the expression is kept");
    const auto expression = cron::parseCronExpression(input, dialect);
    fuzz::require(expression.has_value(), "what is a schedule is an expression");
    firesWhenItSays(*schedule, *expression, choices);
  }
}
