#include "common/cron/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "common/time/rfc3339.h"

namespace cron {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

timing::Instant instant(std::string_view text) {
  return timing::parseRfc3339(text).value();
}

TimeZone zone(std::string_view name) {
  return TimeZone::find(name).value();
}

Schedule schedule(std::string_view expression, const TimeZone& in = TimeZone::utc(),
                  Dialect dialect = Dialect::kStandardOrSeconds) {
  return Schedule::parse(expression, in, dialect).value();
}

/// The first `count` firings after `from`, in UTC; "none" where they end.
std::vector<std::string> firings(const Schedule& schedule, std::string_view from, int count) {
  std::vector<std::string> result;
  auto last = instant(from);
  for (int i = 0; i < count; ++i) {
    const auto next = schedule.next(last);
    if (!next) {
      result.push_back("none");
      break;
    }
    result.push_back(timing::formatRfc3339(*next));
    last = *next;
  }
  return result;
}

std::string errorOf(std::string_view expression, Dialect dialect = Dialect::kStandardOrSeconds) {
  const auto parsed = Schedule::parse(expression, TimeZone::utc(), dialect);
  return parsed ? "read" : parsed.error();
}

TEST(ScheduleTest, FiresAfterTheGivenTimeNotAtIt) {
  EXPECT_THAT(firings(schedule("0 2 * * *"), "2025-01-15T02:00:00Z", 2),
              ElementsAre("2025-01-16T02:00:00Z", "2025-01-17T02:00:00Z"));
}

TEST(ScheduleTest, FiresAtTheWholeSecondThatIsAFractionAway) {
  EXPECT_THAT(firings(schedule("0 2 * * *"), "2025-01-15T01:59:59.999999Z", 1),
              ElementsAre("2025-01-15T02:00:00Z"));
}

TEST(ScheduleTest, SixFieldsBeginWithSeconds) {
  EXPECT_THAT(firings(schedule("*/20 30 2 * * *"), "2025-01-15T02:30:00Z", 3),
              ElementsAre("2025-01-15T02:30:20Z", "2025-01-15T02:30:40Z", "2025-01-16T02:30:00Z"));
}

TEST(ScheduleTest, CnpgReadsFiveFieldsAsSecondToMonth) {
  EXPECT_THAT(
      firings(schedule("0 0 * * *", TimeZone::utc(), Dialect::kCnpg), "2025-01-15T10:20:30Z", 2),
      ElementsAre("2025-01-15T11:00:00Z", "2025-01-15T12:00:00Z"));
}

TEST(ScheduleTest, AStarWithAStepStillLeavesTheDayToTheOtherFieldInCnpgAlone) {
  // The 3rd of June 2025 is a Tuesday, the 6th and the 13th are Fridays.
  EXPECT_THAT(firings(schedule("0 0 0 */2 * 5"), "2025-06-01T00:00:00Z", 2),
              ElementsAre("2025-06-03T00:00:00Z", "2025-06-05T00:00:00Z"));
  EXPECT_THAT(firings(schedule("0 0 0 */2 * 5", TimeZone::utc(), Dialect::kCnpg),
                      "2025-06-01T00:00:00Z", 2),
              ElementsAre("2025-06-13T00:00:00Z", "2025-06-27T00:00:00Z"));
}

TEST(ScheduleTest, AStarAnywhereInAListLeavesTheDayToTheOtherField) {
  EXPECT_THAT(firings(schedule("0 0 *,13 * 5"), "2025-06-01T00:00:00Z", 2),
              ElementsAre("2025-06-06T00:00:00Z", "2025-06-13T00:00:00Z"));
}

TEST(ScheduleTest, NamesAreReadInAnyCaseAndInRanges) {
  EXPECT_THAT(firings(schedule("0 0 * JAN,Feb mon-WED"), "2025-01-01T12:00:00Z", 2),
              ElementsAre("2025-01-06T00:00:00Z", "2025-01-07T00:00:00Z"));
}

TEST(ScheduleTest, AnyWhiteSpaceSeparatesFields) {
  EXPECT_THAT(firings(schedule("\t0\u00A02\u2003*\u3000*\n* "), "2025-01-15T00:00:00Z", 1),
              ElementsAre("2025-01-15T02:00:00Z"));
}

TEST(ScheduleTest, AStepBeyondTheRangeLeavesTheFirstValue) {
  EXPECT_THAT(firings(schedule("7/99999999999999999999 2 * * *"), "2025-01-15T00:00:00Z", 2),
              ElementsAre("2025-01-15T02:07:00Z", "2025-01-16T02:07:00Z"));
}

TEST(ScheduleTest, SkipsALocalTimeThatAClockChangeSkips) {
  EXPECT_THAT(firings(schedule("30 2 * * *", zone("Europe/Berlin")), "2025-03-28T12:00:00Z", 2),
              ElementsAre("2025-03-29T01:30:00Z", "2025-03-31T00:30:00Z"));
}

TEST(ScheduleTest, FiresTwiceAtALocalTimeThatOccursTwice) {
  EXPECT_THAT(firings(schedule("30 2 * * *", zone("Europe/Berlin")), "2025-10-25T12:00:00Z", 3),
              ElementsAre("2025-10-26T00:30:00Z", "2025-10-26T01:30:00Z", "2025-10-27T01:30:00Z"));
}

TEST(ScheduleTest, StartingInTheFirstPassOfARepeatedHourFindsTheSecond) {
  // 02:45 summer time is past 02:15, which comes again in winter time.
  EXPECT_THAT(firings(schedule("15 2 * * *", zone("Europe/Berlin")), "2025-10-26T00:45:00Z", 1),
              ElementsAre("2025-10-26T01:15:00Z"));
}

TEST(ScheduleTest, HoldsADayWhoseMidnightIsSkipped) {
  EXPECT_THAT(firings(schedule("0 9 25 4 *", zone("Africa/Cairo")), "2025-04-24T12:00:00+02:00", 1),
              ElementsAre("2025-04-25T06:00:00Z"));
}

TEST(ScheduleTest, GoesPastADayThatAZoneLeftOut) {
  // Samoa crossed the date line: the 30th of December 2011 did not happen there.
  EXPECT_THAT(
      firings(schedule("0 12 30 12 *", zone("Pacific/Apia")), "2011-12-29T12:00:00-10:00", 1),
      ElementsAre("2012-12-29T22:00:00Z"));
}

TEST(ScheduleTest, FollowsAClockChangeOfHalfAnHour) {
  EXPECT_THAT(
      firings(schedule("*/15 * * * *", zone("Australia/Lord_Howe")), "2025-10-04T15:14:00Z", 3),
      ElementsAre("2025-10-04T15:15:00Z", "2025-10-04T15:30:00Z", "2025-10-04T15:45:00Z"));
}

TEST(ScheduleTest, FindsNothingForADateThatNeverComes) {
  for (const auto* expression : {"0 0 30 2 *", "0 0 31 4,6,9,11 *", "59 59 23 31 2,4,6 *"}) {
    EXPECT_THAT(firings(schedule(expression), "2025-01-01T00:00:00Z", 1), ElementsAre("none"));
    EXPECT_THAT(firings(schedule(expression, zone("Africa/Casablanca")), "2025-01-01T00:00:00Z", 1),
                ElementsAre("none"));
  }
}

TEST(ScheduleTest, LooksAheadToTheEndOfTheFifthYear) {
  const Schedule leapDay = schedule("0 0 29 2 *");
  EXPECT_THAT(firings(leapDay, "2099-01-01T00:00:00Z", 1), ElementsAre("2104-02-29T00:00:00Z"));
  // The year is counted from the second after the start.
  EXPECT_THAT(firings(leapDay, "2098-12-31T23:59:58Z", 1), ElementsAre("none"));
  EXPECT_THAT(firings(leapDay, "2098-12-31T23:59:59Z", 1), ElementsAre("2104-02-29T00:00:00Z"));
}

TEST(ScheduleTest, FindsNothingOutsideTheYearsThatCanBeWritten) {
  for (const auto* expression : {"* * * * * *", "0 0 30 2 *", "@every 1h"}) {
    EXPECT_EQ(schedule(expression).next(timing::Instant::min()), std::nullopt);
    EXPECT_EQ(schedule(expression).next(timing::Instant::max()), std::nullopt);
  }
}

TEST(ScheduleTest, WorksAtTheEdgesOfTheYearsThatCanBeWritten) {
  const Schedule everySecond = schedule("* * * * * *", zone("Europe/Berlin"));
  EXPECT_EQ(everySecond.next(instant("0001-01-01T00:00:00Z")), instant("0001-01-01T00:00:01Z"));
  EXPECT_EQ(everySecond.next(instant("9999-12-31T00:00:00Z")), instant("9999-12-31T00:00:01Z"));
  EXPECT_EQ(schedule("0 0 30 2 *").next(instant("9999-12-31T00:00:00Z")), std::nullopt);
}

TEST(ScheduleTest, EveryAddsItsIntervalToTheStartCutToTheSecond) {
  const Schedule everySixHours = schedule("@every 6h", zone("America/New_York"));
  EXPECT_EQ(everySixHours.every(), 6h);
  EXPECT_THAT(firings(everySixHours, "2025-03-09T05:00:00.9Z", 2),
              ElementsAre("2025-03-09T11:00:00Z", "2025-03-09T17:00:00Z"));
}

TEST(ScheduleTest, EveryHasWholeSecondsAndAtLeastOne) {
  EXPECT_EQ(schedule("@every 1.999s").every(), 1s);
  EXPECT_EQ(schedule("@every 1ms").every(), 1s);
  EXPECT_EQ(schedule("@every -5h").every(), 1s);
  EXPECT_EQ(schedule("@every 2562047h").every(), 2562047h);
}

TEST(ScheduleTest, OtherSchedulesHaveNoInterval) {
  EXPECT_EQ(schedule("@hourly").every(), std::nullopt);
  EXPECT_EQ(schedule("0 * * * *").every(), std::nullopt);
}

TEST(ScheduleTest, ThePrefixsZoneWinsOverTheOneGiven) {
  for (const auto* expression : {"TZ=Asia/Tokyo 0 5 * * *", "CRON_TZ=Asia/Tokyo   0 5 * * * "}) {
    const Schedule inTokyo = schedule(expression, zone("Europe/Berlin"));
    EXPECT_EQ(inTokyo.zone().name(), "Asia/Tokyo");
    EXPECT_EQ(inTokyo.expression(), expression);
    EXPECT_THAT(firings(inTokyo, "2025-01-15T00:00:00Z", 1), ElementsAre("2025-01-15T20:00:00Z"));
  }
}

TEST(ScheduleTest, AnEmptyPrefixMeansUtc) {
  EXPECT_EQ(schedule("TZ= 0 5 * * *", zone("Europe/Berlin")).zone().name(), "UTC");
}

TEST(ScheduleTest, WithoutAPrefixTheGivenZoneApplies) {
  const Schedule inBerlin = schedule("@daily", zone("Europe/Berlin"));
  EXPECT_EQ(inBerlin.zone().name(), "Europe/Berlin");
  EXPECT_THAT(firings(inBerlin, "2025-07-01T00:00:00Z", 1), ElementsAre("2025-07-01T22:00:00Z"));
}

TEST(ScheduleTest, DescriptorsFireAtTheirCalendarTimes) {
  const std::pair<std::string, std::string> cases[] = {
      {"@yearly", "2026-01-01T00:00:00Z"},  {"@annually", "2026-01-01T00:00:00Z"},
      {"@monthly", "2025-02-01T00:00:00Z"}, {"@weekly", "2025-01-19T00:00:00Z"},
      {"@daily", "2025-01-16T00:00:00Z"},   {"@midnight", "2025-01-16T00:00:00Z"},
      {"@hourly", "2025-01-15T11:00:00Z"},
  };
  for (const auto dialect :
       {Dialect::kStandard, Dialect::kSeconds, Dialect::kStandardOrSeconds, Dialect::kCnpg}) {
    for (const auto& [descriptor, expected] : cases) {
      EXPECT_THAT(
          firings(schedule(descriptor, TimeZone::utc(), dialect), "2025-01-15T10:20:30Z", 1),
          ElementsAre(expected))
          << descriptor;
    }
  }
}

TEST(ScheduleErrorTest, NamesTheFieldAndTheValue) {
  const std::pair<std::string, std::string> cases[] = {
      {"99 * * * *", R"(minute field "99" is out of range 0-59)"},
      {"0 24 * * *", R"(hour field "24" is out of range 0-23)"},
      {"0 0 0 * *", R"(day-of-month field "0" is out of range 1-31)"},
      {"0 0 * 13 *", R"(month field "13" is out of range 1-12)"},
      {"60 0 0 * * *", R"(second field "60" is out of range 0-59)"},
      {"1,5-77,9 * * * *", R"(minute field "5-77": "77" is out of range 0-59)"},
      {"99999999999999999999 * * * *",
       R"(minute field "99999999999999999999" is out of range 0-59)"},
      {"0 0 * * 7", R"(day-of-week field "7" is out of range 0-6 )"
                    "(7 is not a day of week here: use 0 for Sunday)"},
      {"0 0 * * 5-7", R"(day-of-week field "5-7": "7" is out of range 0-6 )"
                      "(7 is not a day of week here: use 0 for Sunday)"},
      {"0 0 * * 8", R"(day-of-week field "8" is out of range 0-6)"},
      {"a * * * *", R"(minute field "a" is not a number)"},
      {"1.5 * * * *", R"(minute field "1.5" is not a number)"},
      {"*5 * * * *", R"(minute field "*5" is not a number)"},
      {"1-x * * * *", R"(minute field "1-x": "x" is not a number)"},
      {"1-2-3 * * * *", R"(minute field "1-2-3": "2-3" is not a number)"},
      {"++5 * * * *", R"(minute field "++5" is not a number)"},
      {"0x5 * * * *", R"(minute field "0x5" is not a number)"},
      {"0 0 * * monday", R"(day-of-week field "monday" is not a number or a name such as sun)"},
      {"0 0 * MARCH *", R"(month field "MARCH" is not a number or a name such as jan)"},
      {"-1 * * * *", R"(minute field "-1" lacks a number)"},
      {"1- * * * *", R"(minute field "1-" lacks a number)"},
      {"/5 * * * *", R"(minute field "/5" lacks a number)"},
      {"+ * * * *", R"(minute field "+" is not a number)"},
      {"0 0 * * fri-mon", R"(day-of-week field "fri-mon" runs backwards: write it as two ranges)"},
      {"*-5 * * * *", R"(minute field "*-5": * takes no range)"},
      {"?-5 * * * *", R"(minute field "?-5": ? takes no range)"},
      {", * * * *", R"(minute field "," names no value)"},
      {"*/0 * * * *", R"(minute field "*/0": the step "0" is not a whole number of at least 1)"},
      {"*/ * * * *", R"(minute field "*/": the step "" is not a whole number of at least 1)"},
      {"*/-1 * * * *", R"(minute field "*/-1": the step "-1" is not a whole number of at least 1)"},
      {"1/2/3 * * * *",
       R"(minute field "1/2/3": the step "2/3" is not a whole number of at least 1)"},
      {"0 0 L * *", R"(day-of-month field "L" is not a number (L, W, H and # are not supported))"},
      {"0 0 15W * *",
       R"(day-of-month field "15W" is not a number (L, W, H and # are not supported))"},
      {"0 0 * * fri#2", R"(day-of-week field "fri#2" is not a number or a name such as sun )"
                        "(L, W, H and # are not supported)"},
      {"H/15 * * * *",
       R"(minute field "H/15": "H" is not a number (L, W, H and # are not supported))"},
  };
  for (const auto& [expression, message] : cases) EXPECT_EQ(errorOf(expression), message);
}

TEST(ScheduleErrorTest, SaysHowManyFieldsTheDialectTakes) {
  EXPECT_EQ(
      errorOf("12345"),
      "expected 5 fields (minute hour day-of-month month day-of-week) or 6 with seconds first, "
      "found 1: \"12345\"");
  EXPECT_EQ(errorOf("0 0 2 * * *", Dialect::kStandard),
            "expected 5 fields (minute hour day-of-month month day-of-week), "
            "found 6: \"0 0 2 * * *\"");
  EXPECT_EQ(errorOf("0 2 * * *", Dialect::kSeconds),
            "expected 6 fields (second minute hour day-of-month month day-of-week), "
            "found 5: \"0 2 * * *\"");
  EXPECT_EQ(errorOf("0 2 * *", Dialect::kCnpg),
            "expected 6 fields (second minute hour day-of-month month day-of-week) or the first 5, "
            "found 4: \"0 2 * *\"");
  EXPECT_THAT(errorOf("  "), HasSubstr("found 0"));
  EXPECT_THAT(errorOf(" @daily"), HasSubstr("found 1"));
}

TEST(ScheduleErrorTest, SaysWhatIsWrongWithADescriptor) {
  EXPECT_EQ(errorOf(""), "the schedule is empty");
  EXPECT_EQ(errorOf("@reboot"), "@reboot is not a time");
  EXPECT_EQ(errorOf("@every"), "@every needs a duration, e.g. @every 6h");
  EXPECT_EQ(errorOf("@every 1"), "@every: duration \"1\" needs a unit, e.g. 5s");
  EXPECT_THAT(errorOf("@every 1d"), HasSubstr("a day is 24h"));
  EXPECT_THAT(errorOf("@every  1h"), HasSubstr("is not a duration"));
  EXPECT_EQ(
      errorOf("@Daily"),
      "\"@Daily\" is none of @yearly, @monthly, @weekly, @daily, @hourly and @every <duration>");
  EXPECT_THAT(errorOf("@daily "), HasSubstr("\"@daily \" is none of"));
}

TEST(ScheduleErrorTest, SaysWhatIsWrongWithAZonePrefix) {
  EXPECT_EQ(errorOf("TZ=UTC"), "the time-zone prefix is followed by no schedule: \"TZ=UTC\"");
  EXPECT_THAT(errorOf("TZ=Nowhere/City 0 5 * * *"),
              HasSubstr("time zone \"Nowhere/City\" is not in"));
  EXPECT_THAT(errorOf("TZ=Local 0 5 * * *"), HasSubstr("depends on the machine"));
  EXPECT_THAT(errorOf("CRON_TZ=../x 0 5 * * *"), HasSubstr("time zone \"../x\" is not a name"));
  EXPECT_THAT(errorOf("TZ=UTC 0 5 * *"), HasSubstr("found 4: \"0 5 * *\""));
  EXPECT_EQ(errorOf("TZ=UTC 0 0 5 * *", Dialect::kCnpg),
            "a time-zone prefix is not supported here: \"TZ=UTC 0 0 5 * *\"");
}

TEST(ScheduleErrorTest, QuotesOnlyTheBeginningOfALongExpression) {
  EXPECT_LT(errorOf(std::string(100000, 'x')).size(), 300U);
  EXPECT_LT(errorOf(std::string(100000, 'x') + " * * * *").size(), 300U);
}

}  // namespace
}  // namespace cron
