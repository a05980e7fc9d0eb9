#include "tests/sim/sim_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "common/time/rfc3339.h"
#include "tests/sim/test/api_request.h"

namespace sim {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* kMaps = "/api/v1/namespaces/default/configmaps";

class RecordingSink final : public k8s::ResponseSink {
 public:
  void onHead(const k8s::HttpResponseHead& response) override { head = response; }
  bool onData(std::string_view piece) override {
    pieces.emplace_back(piece);
    return on_data == nullptr || on_data();
  }
  bool onIdle() override {
    ++idles;
    return on_idle == nullptr || on_idle();
  }

  k8s::HttpResponseHead head;
  std::vector<std::string> pieces;
  int idles = 0;
  std::function<bool()> on_data;
  std::function<bool()> on_idle;
};

class SimTransportTest : public testing::Test {
 protected:
  static json::Value configMap(const std::string& name) {
    json::Value object = parsed(R"({"apiVersion":"v1","kind":"ConfigMap"})");
    object["metadata"]["name"] = name;
    object["metadata"]["namespace"] = "default";
    return object;
  }

  tl::expected<void, k8s::TransportError> get(const std::string& target, RecordingSink& sink,
                                              timing::Duration within = hours(1)) {
    return transport_.send({"GET", target, {}, ""}, sink, timing::Deadline::in(clock_, within),
                           stop_.get_token());
  }

  timing::Duration elapsed() const { return clock_.now() - start_; }

  timing::Instant start_ = timing::parseRfc3339("2025-01-15T10:20:30Z").value();
  Timeline timeline_;
  VirtualClock clock_{start_, timeline_};
  ApiServer server_{clock_};
  SimTransport transport_{server_, clock_, timeline_};
  std::stop_source stop_;
};

TEST_F(SimTransportTest, RequestsTakeNoTime) {
  RecordingSink sink;
  ASSERT_TRUE(get("/version", sink));

  EXPECT_EQ(sink.head.status, 200);
  EXPECT_THAT(sink.pieces, ElementsAre(HasSubstr("v1.34")));
  EXPECT_EQ(elapsed(), seconds(0));
}

TEST_F(SimTransportTest, AWatchEndsAfterItsTimeout) {
  RecordingSink sink;
  ASSERT_TRUE(get(std::string(kMaps) + "?watch=1&timeoutSeconds=290", sink));

  EXPECT_EQ(elapsed(), seconds(290));
  EXPECT_EQ(sink.idles, 289);
}

TEST_F(SimTransportTest, WaitingRunsTheTimeline) {
  timeline_.at(start_ + milliseconds(90500), [&] { server_.create(configMap("late")); });
  RecordingSink sink;
  timing::Duration arrived{};
  sink.on_data = [&] {
    arrived = elapsed();
    return false;
  };
  ASSERT_TRUE(get(std::string(kMaps) + "?watch=1&timeoutSeconds=290", sink));

  EXPECT_THAT(sink.pieces, ElementsAre(HasSubstr("ADDED")));
  EXPECT_EQ(arrived, milliseconds(90500));
  EXPECT_EQ(sink.idles, 90);
}

TEST_F(SimTransportTest, StepsOfOneInstantRunInTheOrderTheyWereAdded) {
  std::vector<int> order;
  timeline_.at(start_ + seconds(1), [&] {
    order.push_back(1);
    timeline_.at(clock_.now(), [&] { order.push_back(3); });
  });
  timeline_.at(start_ + seconds(1), [&] { order.push_back(2); });
  clock_.advance(seconds(2));

  EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST_F(SimTransportTest, IdlingEndsAWatch) {
  RecordingSink sink;
  sink.on_idle = [&] { return sink.idles < 3; };
  ASSERT_TRUE(get(std::string(kMaps) + "?watch=1", sink));

  EXPECT_EQ(elapsed(), seconds(3));
}

TEST_F(SimTransportTest, ASinkMaySendItself) {
  RecordingSink sink;
  sink.on_idle = [&] {
    RecordingSink inner;
    EXPECT_TRUE(get("/readyz", inner));
    EXPECT_THAT(inner.pieces, ElementsAre("ok"));
    return false;
  };
  EXPECT_TRUE(get(std::string(kMaps) + "?watch=1", sink));
}

TEST_F(SimTransportTest, TheDeadlineCutsAWatch) {
  RecordingSink sink;
  const auto result = get(std::string(kMaps) + "?watch=1", sink, milliseconds(2500));

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, k8s::TransportError::Kind::kTimeout);
  EXPECT_EQ(elapsed(), milliseconds(2500));
}

TEST_F(SimTransportTest, APassedDeadlineSendsNothing) {
  RecordingSink sink;
  const auto result = get("/version", sink, seconds(0));

  ASSERT_FALSE(result);
  EXPECT_FALSE(result.error().sent);
  EXPECT_TRUE(server_.requestLog().empty());
}

TEST_F(SimTransportTest, AStopCutsAWatchAtItsMoment) {
  timeline_.at(start_ + milliseconds(1300), [&] { stop_.request_stop(); });
  RecordingSink sink;
  const auto result = get(std::string(kMaps) + "?watch=1", sink);

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, k8s::TransportError::Kind::kStopped);
  EXPECT_EQ(elapsed(), milliseconds(1300));
}

TEST_F(SimTransportTest, AFaultBeforeARequestLeavesTheServerAlone) {
  transport_.intercept([](const k8s::HttpRequest&, int index, bool server_acted) {
    tl::expected<void, k8s::TransportError> outcome;
    if (index == 1 && !server_acted) {
      outcome = tl::unexpected(
          k8s::TransportError{k8s::TransportError::Kind::kConnect, "refused", false});
    }
    return outcome;
  });
  RecordingSink sink;

  EXPECT_TRUE(get("/version", sink));
  EXPECT_FALSE(get("/version", sink));
  EXPECT_TRUE(get("/version", sink));
  EXPECT_THAT(server_.requestLog(), SizeIs(2));
}

TEST_F(SimTransportTest, AFaultAfterARequestLosesTheAnswerOnly) {
  transport_.intercept([](const k8s::HttpRequest&, int, bool server_acted) {
    tl::expected<void, k8s::TransportError> outcome;
    if (server_acted) {
      outcome =
          tl::unexpected(k8s::TransportError{k8s::TransportError::Kind::kBroken, "reset", true});
    }
    return outcome;
  });
  RecordingSink sink;

  EXPECT_FALSE(transport_.send(
      {"POST", kMaps, {{"content-type", "application/json"}}, json::write(configMap("a"))}, sink,
      timing::Deadline::never(), {}));
  EXPECT_TRUE(sink.pieces.empty());
  EXPECT_TRUE(server_.get({{"", "v1", "configmaps", "ConfigMap"}, "default", "a"}));
}

TEST_F(SimTransportTest, AFaultCanBreakAWatchInTheMiddle) {
  transport_.intercept([&](const k8s::HttpRequest&, int, bool) {
    tl::expected<void, k8s::TransportError> outcome;
    if (elapsed() >= seconds(5)) {
      outcome =
          tl::unexpected(k8s::TransportError{k8s::TransportError::Kind::kBroken, "reset", true});
    }
    return outcome;
  });
  RecordingSink sink;

  EXPECT_FALSE(get(std::string(kMaps) + "?watch=1", sink));
  EXPECT_EQ(elapsed(), seconds(5));
}

TEST_F(SimTransportTest, RequestsAreJudgedAsTheUser) {
  server_.forbid("worker", "get", "configmaps");
  transport_.setUser("worker");
  RecordingSink sink;
  ASSERT_TRUE(get(std::string(kMaps) + "/a", sink));

  EXPECT_EQ(sink.head.status, 403);
}

TEST_F(SimTransportTest, SleepingStopsAtEachStep) {
  std::vector<timing::Duration> moments;
  timeline_.at(start_ + seconds(1), [&] { moments.push_back(elapsed()); });
  timeline_.at(start_ + seconds(4), [&] { moments.push_back(elapsed()); });
  EXPECT_TRUE(clock_.sleepUntil(clock_.monotonic() + seconds(5), {}));

  EXPECT_THAT(moments, ElementsAre(seconds(1), seconds(4)));
  EXPECT_EQ(elapsed(), seconds(5));
}

TEST_F(SimTransportTest, AStopEndsASleepAtItsMoment) {
  timeline_.at(start_ + seconds(1), [&] { stop_.request_stop(); });

  EXPECT_FALSE(clock_.sleepUntil(clock_.monotonic() + seconds(5), stop_.get_token()));
  EXPECT_EQ(elapsed(), seconds(1));
}

TEST_F(SimTransportTest, SettingTheWallClockNeitherHurriesNorDelaysTheTimeline) {
  const timing::Monotonic begin = clock_.monotonic();
  timing::Duration after{};
  timeline_.at(start_ + seconds(10), [&] { after = clock_.monotonic() - begin; });
  clock_.jumpWall(-hours(2));
  clock_.advance(seconds(5));
  clock_.jumpWall(hours(5));
  clock_.advance(seconds(20));

  EXPECT_EQ(after, seconds(10));
  EXPECT_EQ(clock_.now(), start_ + hours(3) + seconds(25));
}

TEST_F(SimTransportTest, AWatchOutlastsNoJumpOfTheWallClock) {
  timeline_.at(start_ + seconds(3), [&] { clock_.jumpWall(-hours(1)); });
  const timing::Monotonic begin = clock_.monotonic();
  RecordingSink sink;
  ASSERT_TRUE(get(std::string(kMaps) + "?watch=1&timeoutSeconds=10", sink));

  EXPECT_EQ(clock_.monotonic() - begin, seconds(10));
}

}  // namespace
}  // namespace sim
