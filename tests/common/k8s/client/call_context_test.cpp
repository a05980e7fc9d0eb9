#include "common/k8s/call_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace k8s {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

class PauseTest : public testing::Test {
 protected:
  CallContext within(timing::Duration duration) {
    return {timing::Deadline::in(clock, duration), stop.get_token()};
  }

  testing_support::FakeClock clock{timing::Instant{}};
  std::stop_source stop;
};

TEST_F(PauseTest, SleepsAtOnceWithoutAHook) {
  EXPECT_TRUE(pauseUntil(clock, clock.monotonic() + milliseconds(2500), within(seconds(9))));
  EXPECT_THAT(clock.sleeps(), ElementsAre(milliseconds(2500)));
}

TEST_F(PauseTest, CallsTheHookEachSecond) {
  int calls = 0;
  CallContext context = within(seconds(9));
  context.idle = [&] { return ++calls > 0; };
  EXPECT_TRUE(pauseUntil(clock, clock.monotonic() + milliseconds(2500), context));
  EXPECT_THAT(clock.sleeps(), ElementsAre(seconds(1), seconds(1), milliseconds(500)));
  EXPECT_EQ(calls, 3);
}

TEST_F(PauseTest, EndsAtTheDeadline) {
  EXPECT_FALSE(pauseUntil(clock, clock.monotonic() + seconds(5), within(seconds(2))));
  EXPECT_THAT(clock.sleeps(), ElementsAre(seconds(2)));
}

TEST_F(PauseTest, EndsWhenTheHookSaysSo) {
  CallContext context = within(seconds(9));
  context.idle = [] { return false; };
  EXPECT_FALSE(pauseUntil(clock, clock.monotonic() + seconds(5), context));
  EXPECT_THAT(clock.sleeps(), ElementsAre(seconds(1)));
}

TEST_F(PauseTest, EndsAtAStop) {
  stop.request_stop();
  EXPECT_FALSE(pauseUntil(clock, clock.monotonic() + seconds(5), within(seconds(9))));
}

}  // namespace
}  // namespace k8s
