#include "job/decide/drill_comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace job {
namespace {

using testing::HasSubstr;
using Result = DrillComparison::Result;

ControlData aCertificate() {
  return {.state = "shut down",
          .system_identifier = "7460",
          .checkpoint = WalPosition{.timeline = 2, .lsn = 0x7000028}};
}

ControlData at(std::uint32_t timeline, std::uint64_t lsn) {
  ControlData data = aCertificate();
  data.state = "in production";
  data.checkpoint = WalPosition{.timeline = timeline, .lsn = lsn};
  return data;
}

Result checkpoint(const std::optional<ControlData>& certificate,
                  const std::optional<ControlData>& restored) {
  return compareWithBackup(certificate, "", restored)[1].result;
}

TEST(DrillComparisonTest, TheSameDatabaseLaterInItsHistoryMatches) {
  const auto compared = compareWithBackup(aCertificate(), "7460", at(2, 0x70000A0));
  ASSERT_EQ(compared.size(), 2U);
  EXPECT_EQ(compared[0].what, "system identifier");
  EXPECT_EQ(compared[0].result, Result::kMatches);
  EXPECT_EQ(compared[1].what, "latest checkpoint");
  EXPECT_EQ(compared[1].expected, "0/7000028 on timeline 2");
  EXPECT_EQ(compared[1].result, Result::kMatches);
}

TEST(DrillComparisonTest, AnotherSystemIdentifierDiffers) {
  const auto compared = compareWithBackup(aCertificate(), "9999", std::nullopt);
  EXPECT_EQ(compared[0].expected, "7460");
  EXPECT_EQ(compared[0].found, "9999");
  EXPECT_EQ(compared[0].result, Result::kDiffers);
}

TEST(DrillComparisonTest, TheInstanceTellsTheIdentifierWhereTheClusterDoesNot) {
  EXPECT_EQ(compareWithBackup(aCertificate(), "", at(2, 1))[0].result, Result::kMatches);
}

TEST(DrillComparisonTest, TheCheckpointMustNotLieBeforeTheBackups) {
  EXPECT_EQ(checkpoint(aCertificate(), at(2, 0x7000028)), Result::kMatches);
  EXPECT_EQ(checkpoint(aCertificate(), at(2, 0x7000027)), Result::kDiffers);
  EXPECT_EQ(checkpoint(aCertificate(), at(3, 0x1)), Result::kMatches);
  EXPECT_EQ(checkpoint(aCertificate(), at(1, 0x9000000)), Result::kDiffers);
}

TEST(DrillComparisonTest, TheSameDatabaseIsVerifiedAlsoWithoutItsCheckpoint) {
  EXPECT_EQ(whyNotVerified(compareWithBackup(aCertificate(), "7460", std::nullopt), "b"), "");
}

TEST(DrillComparisonTest, ACheckpointAloneVerifiesNothing) {
  ControlData nameless = at(2, 0x70000A0);
  nameless.system_identifier.clear();
  const auto compared = compareWithBackup(aCertificate(), "", nameless);
  EXPECT_EQ(compared[1].result, Result::kMatches);
  EXPECT_THAT(whyNotVerified(compared, "b"),
              HasSubstr("its system identifier could not be compared with backup b's"));
}

TEST(DrillComparisonTest, WhatDiffersIsNotVerified) {
  EXPECT_EQ(whyNotVerified(compareWithBackup(aCertificate(), "7460", at(1, 1)), "b"),
            "latest checkpoint differs: the backup says 0/7000028 on timeline 2, the restored "
            "database 0/1 on timeline 1");
}

TEST(DrillComparisonTest, WhatEitherSideDoesNotTellIsUnknownAndNoMatch) {
  for (const DrillComparison& each : compareWithBackup(std::nullopt, "7460", at(2, 1))) {
    EXPECT_EQ(each.result, Result::kUnknown) << each.what;
    EXPECT_EQ(each.expected, "");
  }
  for (const DrillComparison& each : compareWithBackup(aCertificate(), "", std::nullopt)) {
    EXPECT_EQ(each.result, Result::kUnknown) << each.what;
    EXPECT_EQ(each.found, "");
  }
  ControlData nameless = aCertificate();
  nameless.system_identifier.clear();
  nameless.checkpoint.reset();
  for (const DrillComparison& each : compareWithBackup(nameless, "", nameless)) {
    EXPECT_EQ(each.result, Result::kUnknown) << each.what;
  }
}

}  // namespace
}  // namespace job
