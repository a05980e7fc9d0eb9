#include "common/cron/schedule.h"

#include <date/tz.h>

#include <algorithm>
#include <bit>

#include "common/cron/cron_expression.h"

namespace cron {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::minutes;
using std::chrono::months;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;
using std::chrono::year_month_day;
using std::chrono::years;

// Upstream gives up when the year of the firing passes that of the start by more than five.
constexpr years kLookAhead{5};
// Outside the years that RFC 3339 can write the calendar's own types wrap around in the end.
constexpr timing::Instant kFirst = sys_days{year(1) / 1 / 1};
constexpr timing::Instant kLast = sys_days{year(9999) / 12 / 31};

/// A stretch of time in which local time runs evenly.
struct Span {
  sys_seconds end;  // exclusive
  seconds offset;   // local minus UTC

  local_seconds local(sys_seconds at) const {
    return local_seconds(at.time_since_epoch() + offset);
  }
  sys_seconds system(local_seconds at) const { return sys_seconds(at.time_since_epoch() - offset); }
};

Span spanAt(const TimeZone& zone, sys_seconds at) {
  if (zone.native() == nullptr) return {sys_days{year::max() / 12 / 31}, seconds(0)};
  const auto info = static_cast<const date::time_zone*>(zone.native())->get_info(at);
  return {info.end, info.offset};
}

/// The smallest value of the field that is not below `from`.
std::optional<unsigned> firstValue(const Field& field, unsigned from) {
  const std::uint64_t rest = field.values & (~std::uint64_t{0} << from);
  if (rest == 0) return std::nullopt;
  return static_cast<unsigned>(std::countr_zero(rest));
}

unsigned lowest(const Field& field) {
  return static_cast<unsigned>(std::countr_zero(field.values));
}

/// The first matching time of a day that is not before `from`.
std::optional<seconds> firstTimeOfDay(const Fields& fields, seconds from) {
  const auto time = [](unsigned hour, unsigned minute, unsigned second) {
    return hours(hour) + minutes(minute) + seconds(second);
  };
  const std::chrono::hh_mm_ss start(from);
  const auto hour_now = static_cast<unsigned>(start.hours().count());
  const auto minute_now = static_cast<unsigned>(start.minutes().count());
  const auto second_now = static_cast<unsigned>(start.seconds().count());

  if (fields.hour.has(hour_now)) {
    if (fields.minute.has(minute_now)) {
      const auto second = firstValue(fields.second, second_now);
      if (second) return time(hour_now, minute_now, *second);
    }
    const auto minute = firstValue(fields.minute, minute_now + 1);
    if (minute) return time(hour_now, *minute, lowest(fields.second));
  }
  const auto hour = firstValue(fields.hour, hour_now + 1);
  if (hour) return time(*hour, lowest(fields.minute), lowest(fields.second));
  return std::nullopt;
}

bool matchesDay(const Fields& fields, local_days day, const year_month_day& date) {
  const bool by_date = fields.dayOfMonth.has(static_cast<unsigned>(date.day()));
  const bool by_weekday = fields.dayOfWeek.has(std::chrono::weekday(day).c_encoding());
  // A star in either leaves the choice to the other; two restrictions widen each other.
  if (fields.dayOfMonth.star || fields.dayOfWeek.star) return by_date && by_weekday;
  return by_date || by_weekday;
}

/// The first matching local time in [from, end), by the calendar alone.
std::optional<local_seconds> firstLocalMatch(const Fields& fields, local_seconds from,
                                             local_seconds end) {
  for (local_seconds at = from; at < end;) {
    const local_days day = floor<days>(at);
    const year_month_day date(day);
    if (!fields.month.has(static_cast<unsigned>(date.month()))) {
      at = local_days((date.year() / date.month() + months(1)) / 1);
      continue;
    }
    if (matchesDay(fields, day, date)) {
      const auto time_of_day = firstTimeOfDay(fields, at - day);
      if (time_of_day && day + *time_of_day < end) return day + *time_of_day;
    }
    at = day + days(1);
  }
  return std::nullopt;
}

/// Goes through the spans of even local time one after the other. Within one, local and system time
/// run alike, so the first local match is the first match: what a clock change skips is in no span
/// and what it repeats is in two.
std::optional<sys_seconds> firstMatch(const Fields& fields, const TimeZone& zone,
                                      sys_seconds from) {
  Span span = spanAt(zone, from);
  const year start_year = year_month_day(floor<days>(span.local(from))).year();
  const local_seconds limit = local_days((start_year + kLookAhead + years(1)) / 1 / 1);

  for (sys_seconds at = from; span.local(at) < limit; span = spanAt(zone, at)) {
    const local_seconds end = std::min(span.local(span.end), limit);
    const auto match = firstLocalMatch(fields, span.local(at), end);
    if (match) return span.system(*match);
    at = span.end;
  }
  return std::nullopt;
}

}  // namespace

struct Schedule::Parsed {
  std::string expression;
  TimeZone zone;
  std::variant<Fields, Every> when;
};

tl::expected<Schedule, std::string> Schedule::parse(std::string_view expression,
                                                    const TimeZone& zone, Dialect dialect) {
  auto parsed = parseCronExpression(expression, dialect);
  if (!parsed) return tl::unexpected(parsed.error());
  TimeZone effective = zone;
  if (parsed->zone) {
    auto named = parsed->zone->empty() ? TimeZone::utc() : TimeZone::find(*parsed->zone);
    if (!named) return tl::unexpected(named.error());
    effective = *named;
  }
  return Schedule(std::make_shared<const Parsed>(
      Parsed{std::string(expression), std::move(effective), parsed->when}));
}

std::optional<timing::Instant> Schedule::next(timing::Instant after) const {
  if (after < kFirst || after > kLast) return std::nullopt;
  const sys_seconds second = floor<seconds>(after);
  if (const auto* every = std::get_if<Every>(&parsed_->when)) return second + every->interval;
  return firstMatch(std::get<Fields>(parsed_->when), parsed_->zone, second + seconds(1));
}

std::optional<timing::Duration> Schedule::every() const {
  const auto* every = std::get_if<Every>(&parsed_->when);
  if (every == nullptr) return std::nullopt;
  return every->interval;
}

const TimeZone& Schedule::zone() const {
  return parsed_->zone;
}

const std::string& Schedule::expression() const {
  return parsed_->expression;
}

}  // namespace cron
