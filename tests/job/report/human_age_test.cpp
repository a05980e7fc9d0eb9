#include "job/report/human_age.h"

#include <gtest/gtest.h>

#include <chrono>

namespace job {
namespace {

using namespace std::chrono_literals;

TEST(HumanAgeTest, ShowsTheUnitsThatMatter) {
  EXPECT_EQ(humanAge(0s), "0s");
  EXPECT_EQ(humanAge(59s), "59s");
  EXPECT_EQ(humanAge(60s), "1m");
  EXPECT_EQ(humanAge(3min + 20s), "3m");
  EXPECT_EQ(humanAge(59min + 59s), "59m");
  EXPECT_EQ(humanAge(5h), "5h");
  EXPECT_EQ(humanAge(23h + 59min), "23h59m");
  EXPECT_EQ(humanAge(52h + 30min), "2d4h");
  EXPECT_EQ(humanAge(48h), "2d");
  EXPECT_EQ(humanAge(12 * 24h + 5h), "12d");
}

TEST(HumanAgeTest, IsZeroForWhatSeemsToLieAhead) {
  EXPECT_EQ(humanAge(-5min), "0s");
}

}  // namespace
}  // namespace job
