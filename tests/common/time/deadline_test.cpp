#include "common/time/deadline.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace timing {
namespace {

using namespace std::chrono_literals;

class DeadlineTest : public testing::Test {
 protected:
  testing_support::FakeClock clock_{Instant()};
};

TEST_F(DeadlineTest, PassesWhenItsTimeHasCome) {
  const Deadline deadline = Deadline::in(clock_, 10s);
  clock_.advance(10s - 1ns);
  EXPECT_FALSE(deadline.passed(clock_));
  EXPECT_EQ(deadline.remaining(clock_), 1ns);
  clock_.advance(1ns);
  EXPECT_TRUE(deadline.passed(clock_));
}

TEST_F(DeadlineTest, NothingRemainsOfOneThatHasPassed) {
  const Deadline deadline = Deadline::in(clock_, 10s);
  clock_.advance(1h);
  EXPECT_EQ(deadline.remaining(clock_), 0s);
}

TEST_F(DeadlineTest, NeverPassesWhenItIsNever) {
  const Deadline deadline = Deadline::never();
  clock_.advance(24h * 365 * 100);
  EXPECT_FALSE(deadline.passed(clock_));
  EXPECT_GT(deadline.remaining(clock_), 0s);
}

TEST_F(DeadlineTest, ADurationTooLongForTheClockIsNever) {
  EXPECT_EQ(Deadline::in(clock_, Duration::max()).at(), Deadline::never().at());
}

TEST_F(DeadlineTest, TheEarlierOfTwoWins) {
  const Deadline outer = Deadline::in(clock_, 10s);
  EXPECT_EQ(outer.earlier(Deadline::in(clock_, 3s)).remaining(clock_), 3s);
  EXPECT_EQ(outer.earlier(Deadline::never()).remaining(clock_), 10s);
}

}  // namespace
}  // namespace timing
