#include "common/log/logger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/json/parse.h"
#include "tests/support/fake_clock.h"

namespace logging {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

struct Record {
  std::vector<std::string> lines;
  std::vector<std::size_t> flushedAfter;  // how many lines there were at each flush
};

class RecordingSink final : public Logger::Sink {
 public:
  explicit RecordingSink(Record& record) : record_(record) {}
  void write(std::string_view line) override { record_.lines.emplace_back(line); }
  void flush() override { record_.flushedAfter.push_back(record_.lines.size()); }

 private:
  Record& record_;
};

class LoggerTest : public testing::Test {
 protected:
  Logger logger(Format format, Level level = Level::kDebug) {
    return {clock_, level, format, std::make_unique<RecordingSink>(record_)};
  }

  /// The one line that was written.
  std::string line() const {
    EXPECT_EQ(record_.lines.size(), 1U);
    return record_.lines.empty() ? "" : record_.lines.front();
  }

  testing_support::FakeClock clock_{
      timing::Instant(std::chrono::sys_days(std::chrono::year(2025) / 1 / 15)) + 10h + 20min + 30s +
      1us};
  Record record_;
};

using LoggerTextTest = LoggerTest;
using LoggerJsonTest = LoggerTest;
using LoggerStderrTest = LoggerTest;

TEST_F(LoggerTextTest, LineHasTimeLevelMessageAndFields) {
  logger(Format::kText).info("Backup taken", {{"name", "db-1"}, {"count", 3}, {"took", 1.5}});
  EXPECT_EQ(line(), "10:20:30 info  Backup taken  name=db-1 count=3 took=1.5");
}

TEST_F(LoggerTextTest, LineWithoutFieldsEndsWithTheMessage) {
  logger(Format::kText).error("Gone");
  EXPECT_EQ(line(), "10:20:30 error Gone");
}

TEST_F(LoggerTextTest, LevelsLineUp) {
  Logger log = logger(Format::kText);
  log.debug("m");
  log.info("m");
  log.warn("m");
  log.error("m");
  EXPECT_THAT(record_.lines, ElementsAre("10:20:30 debug m", "10:20:30 info  m", "10:20:30 warn  m",
                                         "10:20:30 error m"));
}

TEST_F(LoggerTextTest, ValueIsQuotedWhenNeeded) {
  logger(Format::kText)
      .info("m", {{"bare", "a-b/c.d:e@f"},
                  {"blank", "a b"},
                  {"empty", ""},
                  {"quote", "a\"b"},
                  {"backslash", "a\\b"},
                  {"equals", "a=b"},
                  {"utf8", "é"}});
  EXPECT_EQ(line(), R"(10:20:30 info  m  bare=a-b/c.d:e@f blank="a b" empty="" quote="a\"b" )"
                    R"(backslash="a\\b" equals="a=b" utf8="é")");
}

TEST_F(LoggerTextTest, OtherTypesAreWrittenAsJson) {
  logger(Format::kText)
      .info("m", {{"null", nullptr},
                  {"yes", true},
                  {"list", json::Array{1, "a b"}},
                  {"object", json::Object{{"k", "v\n"}}}});
  EXPECT_EQ(line(), R"(10:20:30 info  m  null=null yes=true list=[1,"a b"] object={"k":"v\n"})");
}

TEST_F(LoggerTextTest, QuotesInTheMessageStayReadable) {
  logger(Format::kText).info(R"(PVC "data" is gone)");
  EXPECT_EQ(line(), R"(10:20:30 info  PVC "data" is gone)");
}

TEST_F(LoggerTextTest, NewlineForgesNoLine) {
  logger(Format::kText)
      .info("a\r\n10:20:30 info  forged", {{"v", "a\nb"}, {"k\n", json::Array{"a\nb"}}});
  EXPECT_EQ(line(), R"(10:20:30 info  a\r\n10:20:30 info  forged  v="a\nb" "k\n"=["a\nb"])");
}

TEST_F(LoggerTextTest, TerminalEscapesAreMadeVisible) {
  logger(Format::kText).info("\x1B[2Ja\u009B2J\x7F\u202E", {{"v", "\x1B]0;title\x07"}});
  EXPECT_EQ(line(), R"(10:20:30 info  \u001b[2Ja\u009b2J\u007f\u202e  v="\u001b]0;title\u0007")");
}

TEST_F(LoggerTextTest, InvalidUtf8IsReplaced) {
  logger(Format::kText).info("a\xFFz", {{"v", "\x9B"}});
  EXPECT_EQ(line(), "10:20:30 info  a\uFFFDz  v=\"\uFFFD\"");
}

TEST_F(LoggerJsonTest, LineHasFixedKeysFirstThenFieldsInOrder) {
  logger(Format::kJson).warn("Refused", {{"z", "db"}, {"a", 3}, {"list", json::Array{1}}});
  EXPECT_EQ(line(), R"({"ts":"2025-01-15T10:20:30.000001Z","level":"warn","msg":"Refused",)"
                    R"("z":"db","a":3,"list":[1]})");
}

TEST_F(LoggerJsonTest, WhateverIsLoggedReadsBackTheSame) {
  const std::string odd = "\"},{\n\\ \x1B \u2028 {} %v é";
  logger(Format::kJson).info(odd, {{"v", odd}, {odd, odd}});
  EXPECT_EQ(line().find('\n'), std::string::npos);
  const auto parsed = json::parse(line());
  ASSERT_TRUE(parsed) << parsed.error();
  EXPECT_EQ(*parsed, json::Value(json::Object{{"ts", "2025-01-15T10:20:30.000001Z"},
                                              {"level", "info"},
                                              {"msg", odd},
                                              {"v", odd},
                                              {odd, odd}}));
}

TEST_F(LoggerJsonTest, FieldDoesNotReplaceAFixedKey) {
  logger(Format::kJson).info("m", {{"ts", 1}, {"level", "x"}, {"msg", "y"}, {"v", 1}, {"v", 2}});
  EXPECT_EQ(line(), R"({"ts":"2025-01-15T10:20:30.000001Z","level":"info","msg":"m",)"
                    R"("field.ts":1,"field.level":"x","field.msg":"y","v":2})");
}

TEST_F(LoggerJsonTest, InvalidUtf8StaysValidJson) {
  logger(Format::kJson).info("a\xFF", {{"v", "\xC3"}});
  EXPECT_TRUE(json::parse(line()));
}

TEST_F(LoggerTest, LinesBelowTheLevelAreDropped) {
  Logger log = logger(Format::kText, Level::kWarn);
  log.debug("m");
  log.info("m");
  EXPECT_THAT(record_.lines, IsEmpty());
  log.warn("m");
  log.error("m");
  EXPECT_EQ(record_.lines.size(), 2U);
}

TEST_F(LoggerTest, WarningsAndTheEndFlush) {
  {
    Logger log = logger(Format::kText);
    log.info("m");
    log.warn("m");
    log.error("m");
    log.info("m");
    EXPECT_THAT(record_.flushedAfter, ElementsAre(2, 3));
  }
  EXPECT_THAT(record_.flushedAfter, ElementsAre(2, 3, 4));
}

TEST_F(LoggerTest, MovedLoggerWrites) {
  Logger old = logger(Format::kText);
  Logger log = std::move(old);
  log.info("m");
  EXPECT_EQ(record_.lines.size(), 1U);
}

TEST_F(LoggerTest, SilentDropsEverything) {
  testing::internal::CaptureStderr();
  Logger log = Logger::silent(clock_);
  log.error("m", {{"v", 1}});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(LoggerStderrTest, LinesAreWrittenAsTheyAre) {
  testing::internal::CaptureStderr();
  Logger::toStderr(clock_, Level::kInfo, Format::kText).info("100 % of {} {0} %v", {{"v", "{}"}});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "10:20:30 info  100 % of {} {0} %v  v={}\n");
}

TEST_F(LoggerStderrTest, TwoLoggersLiveSideBySide) {
  testing::internal::CaptureStderr();
  Logger text = Logger::toStderr(clock_, Level::kInfo, Format::kText);
  Logger json = Logger::toStderr(clock_, Level::kWarn, Format::kJson);
  text.info("a");
  json.info("b");
  json.warn("c");
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "10:20:30 info  a\n"
            R"({"ts":"2025-01-15T10:20:30.000001Z","level":"warn","msg":"c"})"
            "\n");
}

TEST_F(LoggerStderrTest, LinesOfManyThreadsStayWhole) {
  constexpr int kThreads = 4;
  constexpr int kLines = 200;
  const std::string message(300, 'x');
  testing::internal::CaptureStderr();
  {
    Logger log = Logger::toStderr(clock_, Level::kInfo, Format::kText);
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < kLines; ++n) log.info(message);
      });
    }
  }
  std::string expected;
  for (int n = 0; n < kThreads * kLines; ++n) expected += "10:20:30 info  " + message + "\n";
  EXPECT_EQ(testing::internal::GetCapturedStderr(), expected);
}

}  // namespace
}  // namespace logging
