#include "common/time/rfc3339.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace timing {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr Instant at(int year, unsigned month, unsigned day,
                     std::chrono::microseconds timeOfDay = 0us) {
  return std::chrono::sys_days{std::chrono::year(year) / static_cast<int>(month) /
                               static_cast<int>(day)} +
         timeOfDay;
}

struct Good {
  std::string_view text;
  Instant expected;
};

constexpr Good kGood[] = {
    {"2025-01-15T10:20:30Z", at(2025, 1, 15, 10h + 20min + 30s)},
    {"1970-01-01T00:00:00Z", at(1970, 1, 1)},
    {"1969-12-31T23:59:59.999999Z", at(1970, 1, 1, -1us)},
    {"2024-02-29T23:59:59Z", at(2024, 2, 29, 24h - 1s)},
    {"2000-02-29T00:00:00Z", at(2000, 2, 29)},
    {"0001-01-01T00:00:00Z", at(1, 1, 1)},
    {"9999-12-31T23:59:59.999999Z", at(9999, 12, 31, 24h - 1us)},
    // A fraction has any number of digits; those after the sixth are dropped, not rounded.
    {"2025-01-15T10:20:30.5Z", at(2025, 1, 15, 10h + 20min + 30s + 500ms)},
    {"2025-01-15T10:20:30.000001Z", at(2025, 1, 15, 10h + 20min + 30s + 1us)},
    {"2025-01-15T10:20:30.123456999Z", at(2025, 1, 15, 10h + 20min + 30s + 123456us)},
    {"2025-01-15T10:20:30.99999999999999999999999999Z",
     at(2025, 1, 15, 10h + 20min + 30s + 999999us)},
    // Offsets are east of Greenwich.
    {"2025-01-15T10:20:30+00:00", at(2025, 1, 15, 10h + 20min + 30s)},
    {"2025-01-15T10:20:30-00:00", at(2025, 1, 15, 10h + 20min + 30s)},
    {"2025-01-15T10:20:30+05:45", at(2025, 1, 15, 4h + 35min + 30s)},
    {"2025-01-15T10:20:30-10:30", at(2025, 1, 15, 20h + 50min + 30s)},
    {"2025-01-15T10:20:30.25+23:59", at(2025, 1, 14, 10h + 21min + 30s + 250ms)},
    {"2025-01-15T10:20:30-23:59", at(2025, 1, 16, 10h + 19min + 30s)},
};

TEST(Rfc3339Test, ReadsEveryGoodTimestamp) {
  for (const auto& [text, expected] : kGood) {
    const auto parsed = parseRfc3339(text);
    ASSERT_TRUE(parsed) << parsed.error();
    EXPECT_EQ(*parsed, expected) << text;
  }
}

struct Bad {
  std::string_view text;
  std::string_view problem;
};

constexpr Bad kBad[] = {
    {"", "begin with a date"},
    {"garbage", "begin with a date"},
    {" 2025-01-15T10:20:30Z", "begin with a date"},
    {"25-01-15T10:20:30Z", "begin with a date"},
    {"-2025-01-15T10:20:30Z", "begin with a date"},
    {"+2025-01-15T10:20:30Z", "begin with a date"},
    {"12025-01-15T10:20:30Z", "begin with a date"},
    {"2025-1-15T10:20:30Z", "begin with a date"},
    {"2025-01-5T10:20:30Z", "begin with a date"},
    {"20250115T102030Z", "begin with a date"},
    {"2025/01/15T10:20:30Z", "begin with a date"},
    {"2025-+1-15T10:20:30Z", "begin with a date"},
    {"0000-01-01T00:00:00Z", "no such date"},
    {"2025-00-15T10:20:30Z", "no such date"},
    {"2025-13-15T10:20:30Z", "no such date"},
    {"2025-01-00T10:20:30Z", "no such date"},
    {"2025-04-31T10:20:30Z", "no such date"},
    {"2025-02-29T10:20:30Z", "no such date"},
    {"1900-02-29T10:20:30Z", "no such date"},
    {"2025-01-15", "followed by a time"},
    {"2025-01-15 10:20:30Z", "followed by a time"},
    {"2025-01-15t10:20:30Z", "followed by a time"},
    {"2025-01-15T10:20Z", "followed by a time"},
    {"2025-01-15T1:20:30Z", "followed by a time"},
    {"2025-01-15T-1:20:30Z", "followed by a time"},
    {"2025-01-15T24:00:00Z", "no such time of day"},
    {"2025-01-15T10:60:30Z", "no such time of day"},
    {"2016-12-31T23:59:60Z", "no such time of day"},
    {"2025-01-15T10:20:30.Z", "followed by digits"},
    {"2025-01-15T10:20:30.+00:00", "followed by digits"},
    {"2025-01-15T10:20:30,5Z", "followed by Z or an offset"},
    {"2025-01-15T10:20:30", "followed by Z or an offset"},
    {"2025-01-15T10:20:30z", "followed by Z or an offset"},
    {"2025-01-15T10:20:30 Z", "followed by Z or an offset"},
    {"2025-01-15T10:20:30UTC", "followed by Z or an offset"},
    {"2025-01-15T10:20:30+0100", "offset must be hh:mm"},
    {"2025-01-15T10:20:30+01", "offset must be hh:mm"},
    {"2025-01-15T10:20:30+1:00", "offset must be hh:mm"},
    {"2025-01-15T10:20:30+24:00", "no such offset"},
    {"2025-01-15T10:20:30+01:60", "no such offset"},
    {"2025-01-15T10:20:30Z ", "something follows"},
    {"2025-01-15T10:20:30Z\n", "something follows"},
    {"2025-01-15T10:20:30ZZ", "something follows"},
    {"2025-01-15T10:20:30+01:00Z", "something follows"},
    {"0001-01-01T00:00:00+00:01", "outside the years 0001-9999"},
    {"9999-12-31T23:59:59-00:01", "outside the years 0001-9999"},
};

TEST(Rfc3339Test, RefusesEveryBadTimestampSayingWhy) {
  for (const auto& [text, problem] : kBad) {
    const auto parsed = parseRfc3339(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error(), HasSubstr('"' + std::string(text) + '"'));
    EXPECT_THAT(parsed.error(), HasSubstr(std::string(problem)));
  }
}

TEST(Rfc3339Test, RefusesANulByteAmongTheDigits) {
  using namespace std::string_view_literals;
  EXPECT_FALSE(parseRfc3339("2025-01-15T10:20:30Z\0"sv));
  EXPECT_FALSE(parseRfc3339("2025-01-15T10:20:3\0Z"sv));
}

TEST(Rfc3339Test, QuotesOnlyTheBeginningOfALongText) {
  const auto parsed = parseRfc3339(std::string(1000, '9'));
  ASSERT_FALSE(parsed);
  EXPECT_LT(parsed.error().size(), 200U);
}

TEST(Rfc3339Test, WritesWholeSecondsCutTowardsThePast) {
  EXPECT_EQ(formatRfc3339(at(2025, 1, 5, 1h + 2min + 3s + 999999us)), "2025-01-05T01:02:03Z");
  EXPECT_EQ(formatRfc3339(at(1970, 1, 1, -1us)), "1969-12-31T23:59:59Z");
}

TEST(Rfc3339Test, WritesMicroTimeWithExactlySixDigits) {
  EXPECT_EQ(formatMicroTime(at(2025, 1, 15)), "2025-01-15T00:00:00.000000Z");
  EXPECT_EQ(formatMicroTime(at(2025, 1, 15, 1us)), "2025-01-15T00:00:00.000001Z");
  EXPECT_EQ(formatMicroTime(at(1970, 1, 1, -1us)), "1969-12-31T23:59:59.999999Z");
}

TEST(Rfc3339Test, WritesTheCompactFormForNames) {
  EXPECT_EQ(formatCompact(at(2025, 1, 5, 1h + 2min + 3s + 4us)), "20250105-010203");
}

TEST(Rfc3339Test, PadsTheYearToFourDigits) {
  EXPECT_EQ(formatRfc3339(at(1, 1, 1)), "0001-01-01T00:00:00Z");
  EXPECT_EQ(formatRfc3339(at(987, 12, 31)), "0987-12-31T00:00:00Z");
}

rc::Gen<Instant> anyInstant() {
  constexpr Instant kFirst = at(1, 1, 1);
  constexpr Instant kEnd = at(9999, 12, 31, 24h);
  return rc::gen::map(
      rc::gen::inRange(kFirst.time_since_epoch().count(), kEnd.time_since_epoch().count()),
      [](Instant::rep count) { return Instant(Instant::duration(count)); });
}

RC_GTEST_PROP(Rfc3339Property, ReadsBackTheMicroTimeItWrote, ()) {
  const Instant instant = *anyInstant();
  const auto parsed = parseRfc3339(formatMicroTime(instant));
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(*parsed == instant);
}

RC_GTEST_PROP(Rfc3339Property, ReadsBackTheWholeSecondsItWrote, ()) {
  const Instant instant = *anyInstant();
  const auto parsed = parseRfc3339(formatRfc3339(instant));
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(*parsed == std::chrono::floor<std::chrono::seconds>(instant));
}

RC_GTEST_PROP(Rfc3339Property, LaterTimesSortAfterEarlierOnes, ()) {
  const Instant a = *anyInstant();
  const Instant b = *anyInstant();
  RC_ASSERT((a < b) == (formatMicroTime(a) < formatMicroTime(b)));
}

RC_GTEST_PROP(Rfc3339Property, WhatItReadsIsWrittenBackToTheSameText, ()) {
  // One character of a good timestamp is replaced: what still reads must say what it reads as.
  std::string text = formatMicroTime(*anyInstant());
  text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
  const auto parsed = parseRfc3339(text);
  RC_ASSERT(!parsed.has_value() || formatMicroTime(*parsed) == text);
}

}  // namespace
}  // namespace timing
