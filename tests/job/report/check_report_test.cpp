#include "job/report/check_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/json/write.h"

namespace job {
namespace {

const CheckLines kLines = {CheckLine::ok("api", "answers"),
                           CheckLine::warn("operator-schedule", "somebody schedules", "suspend it"),
                           CheckLine::fail("fences", ExitCode::kRefused, "fenced", "lift it")};

TEST(CheckReportTest, IsALineACheckWithItsCureBelowAndASum) {
  EXPECT_EQ(toText(kLines, /*symbols=*/true),
            "✓ api                answers\n"
            "! operator-schedule  somebody schedules\n"
            "                     -> suspend it\n"
            "✗ fences             fenced\n"
            "                     -> lift it\n"
            "1 problem, 1 warning; a pass would end with exit code 6\n");
}

TEST(CheckReportTest, IsAsciiWithoutSymbols) {
  EXPECT_EQ(toText(kLines, /*symbols=*/false),
            "ok   api                answers\n"
            "warn operator-schedule  somebody schedules\n"
            "                        -> suspend it\n"
            "FAIL fences             fenced\n"
            "                        -> lift it\n"
            "1 problem, 1 warning; a pass would end with exit code 6\n");
}

TEST(CheckReportTest, SaysOfWhatMayPassThatAPassCouldEndWithIt) {
  CheckLine busy = CheckLine::fail("backups-in-flight", ExitCode::kBusy, "in flight");
  busy.may_pass = true;
  EXPECT_THAT(toText({busy}, true), testing::HasSubstr("a pass could end with exit code 5\n"));
  EXPECT_THAT(toText({busy, kLines[2]}, true),
              testing::HasSubstr("a pass would end with exit code 6\n"));
}

TEST(CheckReportTest, SaysThatNothingIsWrong) {
  EXPECT_EQ(toText({kLines[0]}, true), "✓ api  answers\nNothing speaks against a pass\n");
  EXPECT_EQ(toText({kLines[1], kLines[1]}, true).find("problem"), std::string::npos);
}

TEST(CheckReportTest, KeepsAMessageOnItsLine) {
  EXPECT_EQ(toText({CheckLine::ok("api", "a\nb\x1b[2J")}, true),
            "✓ api  a\\nb\\u001b[2J\nNothing speaks against a pass\n");
}

TEST(CheckReportTest, IsAnObjectForPrograms) {
  EXPECT_EQ(json::write(toJson(kLines)),
            R"({"checks":[{"name":"api","level":"ok","message":"answers","fix":""},)"
            R"({"name":"operator-schedule","level":"warn","message":"somebody schedules",)"
            R"("fix":"suspend it"},{"name":"fences","level":"fail","message":"fenced",)"
            R"("fix":"lift it"}],"exitCode":6})");
}

TEST(CheckReportTest, EndsAsTheWorstFailureWhateverTheirOrder) {
  const std::vector<ExitCode> by_weight = {
      ExitCode::kBug,      ExitCode::kInterrupted,   ExitCode::kUnavailable,
      ExitCode::kTimedOut, ExitCode::kConfiguration, ExitCode::kForbidden,
      ExitCode::kRefused,  ExitCode::kBusy,          ExitCode::kIncomplete};
  for (std::size_t i = 0; i + 1 < by_weight.size(); ++i) {
    const CheckLine worse = CheckLine::fail("a", by_weight[i], "");
    const CheckLine better = CheckLine::fail("b", by_weight[i + 1], "");
    EXPECT_EQ(exitCodeOf({worse, better}), by_weight[i]);
    EXPECT_EQ(exitCodeOf({better, worse}), by_weight[i]);
  }
  EXPECT_EQ(exitCodeOf({kLines[0], kLines[1]}), ExitCode::kDone);
  EXPECT_EQ(exitCodeOf({}), ExitCode::kDone);
}

}  // namespace
}  // namespace job
