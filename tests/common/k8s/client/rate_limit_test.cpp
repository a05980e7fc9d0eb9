#include "common/k8s/rate_limit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/common/k8s/client/client_fixture.h"

namespace k8s {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing_support::Reply;

constexpr timing::Monotonic kNow{hours(1)};

TEST(RateLimitTest, GivesABurstAtOnceAndThenOneByOne) {
  RateLimit limit(5, 3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.reserve(kNow), kNow);
  EXPECT_EQ(limit.reserve(kNow), kNow + milliseconds(200));
  EXPECT_EQ(limit.reserve(kNow), kNow + milliseconds(400));
  EXPECT_EQ(limit.reserve(kNow + milliseconds(300)), kNow + milliseconds(600));
}

TEST(RateLimitTest, FillsUpToTheBurstAgain) {
  RateLimit limit(5, 3);
  for (int i = 0; i < 3; ++i) limit.reserve(kNow);
  const timing::Monotonic later = kNow + hours(1);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.reserve(later), later);
  EXPECT_EQ(limit.reserve(later), later + milliseconds(200));
}

TEST(RateLimitTest, HoldsNobodyBackWhoKeepsToTheRate) {
  RateLimit limit(5, 1);
  for (int i = 0; i < 100; ++i) {
    const timing::Monotonic now = kNow + milliseconds(200) * i;
    EXPECT_EQ(limit.reserve(now), now);
  }
}

TEST(RateLimitTest, IsNoneForZero) {
  RateLimit limit(0, 1);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(limit.reserve(kNow), kNow);
}

class LimitedClientTest : public testing_support::ClientFixture {
 protected:
  LimitedClientTest() : ClientFixture(limited()) {}

  static ClientOptions limited() {
    ClientOptions options = defaults();
    options.requests_per_second = ClientOptions{}.requests_per_second;
    return options;
  }

  static Reply listed(const std::string& token = "") {
    return Reply(
        200, R"({"metadata":{"resourceVersion":"1","continue":")" + token + R"("},"items":[]})");
  }

  /// The next request has to wait.
  void useUpTheBurst() {
    for (int i = 0; i < 10; ++i) {
      transport.expect(Reply(200, "{}"));
      ASSERT_TRUE(client.get(kBackup, unbounded()));
    }
    ASSERT_THAT(waits(), IsEmpty());
  }
};

TEST_F(LimitedClientTest, SendsTenAtOnceAndThenFiveASecond) {
  useUpTheBurst();
  for (int i = 0; i < 3; ++i) {
    transport.expect(Reply(200, "{}"));
    ASSERT_TRUE(client.get(kBackup, unbounded()));
  }
  EXPECT_THAT(waits(), ElementsAre(milliseconds(200), milliseconds(200), milliseconds(200)));
}

TEST_F(LimitedClientTest, CountsRetries) {
  transport.handle([](const HttpRequest&) { return Reply(429, "slow"); });
  ClientOptions options = limited();
  options.retry.max_attempts = 11;
  options.retry.first_delay = milliseconds(1);
  options.retry.max_delay = milliseconds(1);
  EXPECT_FALSE(clientWith(options).get(kBackup, unbounded()));
  EXPECT_EQ(waits().size(), 11u);
  EXPECT_EQ(waits().back(), milliseconds(190));
}

TEST_F(LimitedClientTest, CountsAListAsOneRequestWhateverItsPages) {
  for (int i = 0; i < 30; ++i) transport.expect(listed("t" + std::to_string(i)));
  transport.expect(listed());
  EXPECT_TRUE(client.list(kAllBackups, {}, unbounded()));
  for (int i = 0; i < 9; ++i) transport.expect(listed());
  for (int i = 0; i < 9; ++i) EXPECT_TRUE(client.list(kAllBackups, {}, unbounded()));
  EXPECT_THAT(waits(), IsEmpty());
}

TEST_F(LimitedClientTest, DoesNotHoldBackWatches) {
  useUpTheBurst();
  std::string version = "1";
  transport.expect(Reply(200));
  EXPECT_TRUE(client.watchOnce(
      kAllBackups, {}, version, [](const WatchEvent&) { return true; }, within(hours(1))));
  EXPECT_THAT(waits(), IsEmpty());
}

TEST_F(LimitedClientTest, BoundsARequestFromItsTurnOn) {
  useUpTheBurst();
  transport.expect(Reply(200, "{}"));
  ASSERT_TRUE(client.get(kBackup, unbounded()));
  EXPECT_EQ(transport.deadlines.back(), clock.monotonic() + seconds(30));
  EXPECT_EQ(transport.timeouts.back(), "30s");
}

TEST_F(LimitedClientTest, DoesNotWaitBeyondTheDeadline) {
  useUpTheBurst();
  const auto got = client.get(kBackup, within(milliseconds(200)));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Kind::kTimeout);
  EXPECT_THAT(got.error().describe(), HasSubstr("requests are limited to 5 a second"));
  EXPECT_EQ(transport.requests.size(), 10u);
  EXPECT_THAT(waits(), IsEmpty());
}

TEST_F(LimitedClientTest, TellsAfterWhatItHadNoTimeToWait) {
  for (int i = 0; i < 9; ++i) transport.expect(Reply(200, "{}"));
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(client.get(kBackup, unbounded()));
  transport.expect(Reply(500, "oops"));
  jitter = 0.9999;
  const auto got = client.get(kBackup, within(milliseconds(150)));
  EXPECT_THAT(got.error().describe(), HasSubstr("attempt 2; before it 500"));
}

TEST_F(LimitedClientTest, EndsItsWaitAtAStop) {
  useUpTheBurst();
  stop.request_stop();
  EXPECT_EQ(client.get(kBackup, unbounded()).error().kind, Kind::kStopped);
  EXPECT_EQ(transport.requests.size(), 10u);
}

TEST_F(LimitedClientTest, EndsItsWaitWhenIdleSaysSo) {
  useUpTheBurst();
  CallContext context = unbounded();
  context.idle = [] { return false; };
  EXPECT_EQ(client.get(kBackup, context).error().kind, Kind::kStopped);
  EXPECT_EQ(transport.requests.size(), 10u);
}

TEST_F(LimitedClientTest, LetsARequestFromTheIdleHookWaitOnePlaceOnly) {
  useUpTheBurst();
  const auto began = clock.monotonic();
  CallContext context = unbounded();
  std::vector<timing::Duration> renewed;
  context.idle = [&] {
    EXPECT_TRUE(client.get({kBackups, "noobaa", "lease"}, unbounded()));
    renewed.push_back(clock.monotonic() - began);
    return true;
  };
  transport.expect(Reply(200, "{}"));
  transport.expect(Reply(200, "{}"));
  ASSERT_TRUE(client.get(kBackup, context));
  EXPECT_THAT(renewed, ElementsAre(milliseconds(400)));
  EXPECT_EQ(clock.monotonic() - began, milliseconds(400));
}

TEST_F(LimitedClientTest, TellsNobodyAtInfoOfAShortWait) {
  useUpTheBurst();
  for (int i = 0; i < 5; ++i) {
    transport.expect(Reply(200, "{}"));
    ASSERT_TRUE(client.get(kBackup, unbounded()));
  }
  EXPECT_THAT(log_lines, IsEmpty());
}

TEST_F(LimitedClientTest, TellsOnceAtInfoOfALongWait) {
  useUpTheBurst();
  // The places of those who did not come to use them.
  std::stop_source gone;
  gone.request_stop();
  for (int i = 0; i < 10; ++i)
    ASSERT_FALSE(client.get(kBackup, {timing::Deadline::never(), gone.get_token()}));
  for (int i = 0; i < 3; ++i) {
    transport.expect(Reply(200, "{}"));
    ASSERT_TRUE(client.get(kBackup, unbounded()));
  }
  ASSERT_EQ(log_lines.size(), 1u);
  EXPECT_THAT(log_lines.at(0), HasSubstr("requests are limited to 5 a second"));
  EXPECT_THAT(log_lines.at(0), HasSubstr("wait=2.2s"));
}

}  // namespace
}  // namespace k8s
