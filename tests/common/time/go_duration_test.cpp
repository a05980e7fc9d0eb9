#include "common/time/go_duration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace timing {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

struct Good {
  std::string_view text;
  Duration expected;
};

constexpr Good kGood[] = {
    {"0", 0s},
    {"+0", 0s},
    {"-0", 0s},
    {"0s", 0s},
    {"5s", 5s},
    {"+5s", 5s},
    {"-5s", -5s},
    {"007s", 7s},
    {"90s", 90s},
    {"1h30m", 90min},
    {"-1.5h", -90min},
    {"1.s", 1s},
    {".5s", 500ms},
    {"-.5s", -500ms},
    {"3ns", 3ns},
    {"3us", 3us},
    {"3\u00B5s", 3us},
    {"3\u03BCs", 3us},
    {"3ms", 3ms},
    {"3m", 3min},
    {"3h", 3h},
    {"1h2m3s4ms5us6ns", 1h + 2min + 3s + 4ms + 5us + 6ns},
    {"3s1h", 1h + 3s},
    {"1m1m", 2min},
    {"1.5ns", 1ns},
    {"0.3333333333333333333h", 20min},
    {"0.100000000000000000000h", 6min},
    {"0.9223372036854775807h", 55min + 20s + 413933267ns},
    {"9223372036854775807ns", Duration::max()},
    {"2562047h47m16.854775807s", Duration::max()},
    {"-9223372036854775808ns", Duration::min()},
    {"-2562047h47m16.854775808s", Duration::min()},
};

TEST(GoDurationTest, ReadsWhatGoReads) {
  for (const auto& [text, expected] : kGood) {
    const auto parsed = parseGoDuration(text);
    ASSERT_TRUE(parsed) << parsed.error();
    EXPECT_EQ(*parsed, expected) << text;
  }
}

struct Bad {
  std::string_view text;
  std::string_view problem;
};

constexpr Bad kBad[] = {
    {"", "is not a duration"},
    {"-", "is not a duration"},
    {"+", "is not a duration"},
    {"--5s", "is not a duration"},
    {"+-5s", "is not a duration"},
    {"s", "is not a duration"},
    {".s", "is not a duration"},
    {".", "is not a duration"},
    {" 5s", "is not a duration"},
    {"1h-5m", "has the unknown unit \"h-\""},
    {"1,5h", "has the unknown unit \",\""},
    {"5", "needs a unit, e.g. 5s"},
    {"1h5", "needs a unit, e.g. 5s"},
    {"1.5", "needs a unit, e.g. 5s"},
    {"00", "needs a unit, e.g. 5s"},
    {"0.0", "needs a unit, e.g. 5s"},
    {"1.2.3s", "needs a unit, e.g. 5s"},
    {"7d", "has the unknown unit \"d\", use h, m, s, ms, us or ns (a day is 24h)"},
    {"1w", "has the unknown unit \"w\""},
    {"5S", "has the unknown unit \"S\""},
    {"5s ", "has the unknown unit \"s \""},
    {"5 s", "has the unknown unit \" s\""},
    {"1e3s", "has the unknown unit \"e\""},
    {"0x5s", "has the unknown unit \"x\""},
    {"9223372036854775808ns", "is too long"},
    {"-9223372036854775809ns", "is too long"},
    {"2562047h47m16.854775808s", "is too long"},
    {"9223372036854775.808us", "is too long"},
    {"2562048h", "is too long"},
    {"99999999999999999999s", "is too long"},
    // Twice the most negative duration: unsigned arithmetic would wrap it to nothing.
    {"-9223372036854775808ns9223372036854775808ns", "is too long"},
};

TEST(GoDurationTest, RefusesEverythingElseSayingWhy) {
  for (const auto& [text, problem] : kBad) {
    const auto parsed = parseGoDuration(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error(), StartsWith("duration \"" + std::string(text) + "\" "));
    EXPECT_THAT(parsed.error(), HasSubstr(std::string(problem)));
  }
}

TEST(GoDurationTest, WritesWhatGoWrites) {
  constexpr Good kWritten[] = {
      {"0s", 0s},
      {"1ns", 1ns},
      {"999ns", 999ns},
      {"1\u00B5s", 1us},
      {"1.1\u00B5s", 1100ns},
      {"90ms", 90ms},
      {"2.2ms", 2200us},
      {"3.3s", 3300ms},
      {"1s", 1s},
      {"1m30s", 90s},
      {"4m5s", 4min + 5s},
      {"4m5.001s", 4min + 5s + 1ms},
      {"1h0m0s", 1h},
      {"1h30m0s", 90min},
      {"24h0m0s", 24h},
      {"5h6m7.001s", 5h + 6min + 7s + 1ms},
      {"8m0.000000001s", 8min + 1ns},
      {"-1.5s", -1500ms},
      {"2562047h47m16.854775807s", Duration::max()},
      {"-2562047h47m16.854775808s", Duration::min()},
  };
  for (const auto& [text, duration] : kWritten) EXPECT_EQ(formatGoDuration(duration), text);
}

RC_GTEST_PROP(GoDurationProperty, ReadsBackWhatItWrote, (std::int64_t count)) {
  const Duration duration(count);
  const auto parsed = parseGoDuration(formatGoDuration(duration));
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(*parsed == duration);
}

RC_GTEST_PROP(GoDurationProperty, AnyTextIsReadOrRefusedWithoutHarm, ()) {
  const auto text =
      *rc::gen::container<std::string>(rc::gen::elementOf(std::string("019.-+hmsun\xC2\xB5 d")));
  const auto parsed = parseGoDuration(text);
  RC_ASSERT(parsed.has_value() || parsed.error().size() < 250);
}

}  // namespace
}  // namespace timing
