#include "common/time/clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/support/fake_clock.h"

namespace timing {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::FakeClock;

constexpr Instant kStart{std::chrono::sys_days{std::chrono::year(2025) / 1 / 15} + 10h};

TEST(SystemClockTest, SaysThatATimeInThePastIsReached) {
  SystemClock clock;
  EXPECT_TRUE(clock.sleepUntil(clock.monotonic(), std::stop_token()));
}

TEST(SystemClockTest, DoesNotWaitWhenAStopWasRequestedBefore) {
  SystemClock clock;
  std::stop_source source;
  source.request_stop();
  EXPECT_FALSE(clock.sleepUntil(Monotonic::max(), source.get_token()));
}

TEST(SystemClockTest, StopsWaitingWhenAnotherThreadRequestsAStop) {
  SystemClock clock;
  std::stop_source source;
  std::jthread stopper([&source] { source.request_stop(); });
  EXPECT_FALSE(clock.sleepUntil(Monotonic::max(), source.get_token()));
}

TEST(SystemClockTest, MonotonicTimeNeverGoesBack) {
  const SystemClock clock;
  const Monotonic before = clock.monotonic();
  EXPECT_GE(clock.monotonic(), before);
}

TEST(FakeClockTest, StandsStillUntilItIsAdvanced) {
  FakeClock clock(kStart);
  const Monotonic before = clock.monotonic();
  EXPECT_EQ(clock.now(), kStart);
  clock.advance(90s);
  EXPECT_EQ(clock.now(), kStart + 90s);
  EXPECT_EQ(clock.monotonic(), before + 90s);
}

TEST(FakeClockTest, SleepingMovesTimeToItsEndAndIsRecorded) {
  FakeClock clock(kStart);
  EXPECT_TRUE(clock.sleepUntil(clock.monotonic() + 5s, std::stop_token()));
  EXPECT_TRUE(clock.sleepUntil(clock.monotonic() - 1s, std::stop_token()));
  EXPECT_EQ(clock.now(), kStart + 5s);
  EXPECT_THAT(clock.sleeps(), ElementsAre(5s, 0s));
}

TEST(FakeClockTest, AStopRequestedBeforeLeavesTheTimeAlone) {
  FakeClock clock(kStart);
  std::stop_source source;
  source.request_stop();
  EXPECT_FALSE(clock.sleepUntil(clock.monotonic() + 5s, source.get_token()));
  EXPECT_EQ(clock.now(), kStart);
  EXPECT_THAT(clock.sleeps(), IsEmpty());
}

TEST(FakeClockTest, SettingTheWallClockLeavesMonotonicTimeAlone) {
  FakeClock clock(kStart);
  clock.advance(1h);
  const Monotonic before = clock.monotonic();
  clock.setNow(kStart - 24h);
  EXPECT_EQ(clock.now(), kStart - 24h);
  EXPECT_EQ(clock.monotonic(), before);
}

}  // namespace
}  // namespace timing
