#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <stdlib.h>  // setenv, which <cstdlib> does not promise
#include <time.h>    // localtime_r and tzset

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/cron/schedule.h"
#include "common/time/rfc3339.h"

// The rule of Schedule::next against an oracle that shares nothing with it: the C library's
// broken-down local time, walked forwards, and fields whose sets of values are made together with
// their text.

namespace cron {
namespace {

using namespace std::chrono_literals;
using timing::Instant;

struct ModelField {
  std::string text;
  std::set<int> values;
  bool star = false;

  bool has(int value) const { return values.contains(value); }
};

struct Model {
  Dialect dialect;
  ModelField second, minute, hour, dayOfMonth, month, dayOfWeek;

  std::string expression() const {
    const bool fiveOfCnpg = dialect == Dialect::kCnpg && dayOfWeek.text.empty();
    std::string text = dialect == Dialect::kStandard ? "" : second.text + " ";
    text += minute.text + " " + hour.text + " " + dayOfMonth.text + " " + month.text;
    return fiveOfCnpg ? text : text + " " + dayOfWeek.text;
  }

  bool matchesDate(const tm& local) const {
    const bool byDate = dayOfMonth.has(local.tm_mday);
    const bool byWeekday = dayOfWeek.has(local.tm_wday);
    return month.has(local.tm_mon + 1) &&
           (dayOfMonth.star || dayOfWeek.star ? byDate && byWeekday : byDate || byWeekday);
  }
};

/// The process's local time zone for as long as it lives.
class LocalZone {
 public:
  explicit LocalZone(const std::string& name) {
    if (const char* before = getenv("TZ")) before_ = before;
    setenv("TZ", (":" + name).c_str(), 1);
    tzset();
  }
  ~LocalZone() {
    before_ ? setenv("TZ", before_->c_str(), 1) : unsetenv("TZ");
    tzset();
  }
  LocalZone(const LocalZone&) = delete;
  LocalZone& operator=(const LocalZone&) = delete;

  tm breakDown(time_t at) const {
    tm local{};
    localtime_r(&at, &local);
    return local;
  }

 private:
  std::optional<std::string> before_;
};

time_t nextMultipleOf(time_t unit, time_t after) {
  return (after / unit + 1) * unit;
}

/// Second by second, but in steps of a quarter of an hour over days that don't match and of a
/// minute over minutes that don't. All clock changes and offsets of the zones below are at whole
/// quarters.
std::optional<time_t> bruteForceNext(const Model& model, const LocalZone& zone, time_t after) {
  const int lastYear = zone.breakDown(after + 1).tm_year + 5;
  for (time_t at = after + 1;;) {
    const tm local = zone.breakDown(at);
    if (local.tm_year > lastYear) return std::nullopt;
    if (!model.matchesDate(local)) {
      at = nextMultipleOf(900, at);
    } else if (!model.hour.has(local.tm_hour) || !model.minute.has(local.tm_min)) {
      at = nextMultipleOf(60, at);
    } else if (!model.second.has(local.tm_sec)) {
      ++at;
    } else {
      return at;
    }
  }
}

std::set<int> valuesBetween(int first, int last, int step) {
  std::set<int> values;
  for (int value = first; value <= last; ++value) {
    if ((value - first) % step == 0) values.insert(value);
  }
  return values;
}

ModelField anyMember(int lowest, int highest, Dialect dialect) {
  const int from = *rc::gen::inRange(lowest, highest + 1);
  const int to = *rc::gen::inRange(from, highest + 1);
  const int step = *rc::gen::element(1, 2, 3, 7, 15, 100);
  const std::string single = std::to_string(from);
  const std::string range = single + "-" + std::to_string(to);
  const std::string suffix = "/" + std::to_string(step);
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      return {single, {from}};
    case 1:
      return {single + suffix, valuesBetween(from, highest, step)};
    case 2:
      return {range, valuesBetween(from, to, 1)};
    case 3:
      return {range + suffix, valuesBetween(from, to, step)};
    default:
      return {"*" + suffix, valuesBetween(lowest, highest, step),
              step == 1 || dialect == Dialect::kCnpg};
  }
}

ModelField everyValue(int lowest, int highest) {
  return {"*", valuesBetween(lowest, highest, 1), true};
}

/// A star in `stars` of ten cases, else a list of up to three members.
ModelField anyField(int lowest, int highest, int stars, Dialect dialect) {
  if (*rc::gen::inRange(0, 10) < stars) return everyValue(lowest, highest);
  ModelField field = anyMember(lowest, highest, dialect);
  for (int more = *rc::gen::inRange(0, 3); more > 0; --more) {
    const ModelField member = anyMember(lowest, highest, dialect);
    field.text += "," + member.text;
    field.values.insert(member.values.begin(), member.values.end());
    field.star = field.star || member.star;
  }
  return field;
}

Model anyModel() {
  const auto dialect = *rc::gen::element(Dialect::kStandard, Dialect::kSeconds, Dialect::kCnpg);
  Model model{.dialect = dialect,
              .second = anyField(0, 59, 1, dialect),
              .minute = anyField(0, 59, 2, dialect),
              .hour = anyField(0, 23, 3, dialect),
              .dayOfMonth = anyField(1, 31, 5, dialect),
              .month = anyField(1, 12, 5, dialect),
              .dayOfWeek = anyField(0, 6, 5, dialect)};
  if (dialect == Dialect::kStandard) model.second = {"0", {0}};
  const bool withoutWeekday = dialect == Dialect::kCnpg && *rc::gen::arbitrary<bool>();
  if (withoutWeekday) {
    model.dayOfWeek = everyValue(0, 6);
    model.dayOfWeek.text.clear();
  }
  return model;
}

struct Place {
  std::string zone;
  std::string clockChange;  // one of the zone's, in UTC
};

const std::vector<Place> kPlaces = {
    {"UTC", "2025-01-01T00:00:00Z"},
    {"America/New_York", "2025-03-09T07:00:00Z"},
    {"America/New_York", "2025-11-02T06:00:00Z"},
    {"Europe/Berlin", "2025-03-30T01:00:00Z"},
    {"Europe/Berlin", "2025-10-26T01:00:00Z"},
    {"Europe/Dublin", "2025-10-26T01:00:00Z"},        // summer is its standard time
    {"Australia/Lord_Howe", "2025-10-04T15:30:00Z"},  // half an hour
    {"Australia/Lord_Howe", "2025-04-05T15:00:00Z"},
    {"Africa/Cairo", "2025-04-24T22:00:00Z"},  // at midnight
    {"Africa/Cairo", "2025-10-30T21:00:00Z"},
    {"America/Sao_Paulo", "2018-11-04T03:00:00Z"},  // at midnight
    {"America/Sao_Paulo", "2019-02-17T02:00:00Z"},
    {"Africa/Casablanca", "2025-02-23T02:00:00Z"},  // four changes a year, by the moon
    {"Antarctica/Troll", "2025-03-30T01:00:00Z"},   // two hours
    {"Pacific/Chatham", "2025-09-27T14:00:00Z"},    // +12:45
    {"Asia/Kathmandu", "2025-01-01T00:00:00Z"},     // +05:45
    {"Pacific/Apia", "2011-12-30T10:00:00Z"},       // leaves out a day
    {"Pacific/Kwajalein", "1993-08-21T12:00:00Z"},  // leaves out a day
    {"Asia/Pyongyang", "2018-05-04T15:00:00Z"},     // half an hour, for good
    {"Etc/GMT+12", "2025-01-01T00:00:00Z"},
};

time_t anyTimeNear(const Place& place) {
  const auto change = timing::parseRfc3339(place.clockChange).value().time_since_epoch() / 1s;
  const bool closely = *rc::gen::arbitrary<bool>();
  const int distance = closely ? 3 * 86400 : 5 * 365 * 86400;
  return change + *rc::gen::inRange(-distance, distance);
}

Instant instantOf(time_t at) {
  return Instant(std::chrono::seconds(at));
}

RC_GTEST_PROP(ScheduleProperty, NextIsTheSmallestMatchingSecondAfter, ()) {
  const Model model = anyModel();
  const Place place = *rc::gen::elementOf(kPlaces);
  const auto fraction = std::chrono::microseconds(*rc::gen::inRange(0, 1'000'000));
  time_t after = anyTimeNear(place);
  RC_LOG() << '"' << model.expression() << "\" in " << place.zone << " after " << after << '\n';

  const auto zone = TimeZone::find(place.zone);
  RC_ASSERT(zone.has_value());
  const auto schedule = Schedule::parse(model.expression(), *zone, model.dialect);
  RC_ASSERT(schedule.has_value());

  const LocalZone local(place.zone);
  for (int firing = 0; firing < 4; ++firing) {
    const auto expected = bruteForceNext(model, local, after);
    const auto actual = schedule->next(instantOf(after) + fraction);
    RC_ASSERT(actual.has_value() == expected.has_value());
    if (!expected) break;
    RC_ASSERT(*actual == instantOf(*expected));
    after = *expected;
  }
}

RC_GTEST_PROP(ScheduleProperty, AnyTextIsReadOrRefusedWithoutHarm, ()) {
  const auto dialect = *rc::gen::element(Dialect::kStandard, Dialect::kSeconds,
                                         Dialect::kStandardOrSeconds, Dialect::kCnpg);
  const auto word = rc::gen::container<std::string>(
      rc::gen::elementOf(std::string("0123456789**?//--,,+LW#@TZ=janfrievryhms\t\xC2\xA0\xFF")));
  const auto words = *rc::gen::container<std::vector<std::string>>(word);
  std::string text = *rc::gen::element<std::string>("", "TZ=Asia/Tokyo ", "@every ", "@");
  for (const auto& each : words) text += each + " ";

  const auto schedule = Schedule::parse(text, TimeZone::utc(), dialect);
  if (schedule) {
    schedule->next(Instant());
  } else {
    RC_ASSERT(!schedule.error().empty());
    RC_ASSERT(schedule.error().size() < 400);
  }
}

}  // namespace
}  // namespace cron
