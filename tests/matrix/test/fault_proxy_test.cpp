#include "tests/matrix/fault_proxy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "common/json/parse.h"
#include "common/k8s/transport/poco_transport.h"
#include "tests/common/k8s/transport/recording_sink.h"
#include "tests/sim/loopback_server.h"

namespace matrix {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using Kind = k8s::TransportError::Kind;
using Result = tl::expected<void, k8s::TransportError>;

constexpr const char* kMaps = "/api/v1/namespaces/default/configmaps";
constexpr const char* kMap =
    R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"default"}})";

/// A client, the proxy, and a simulated API server behind it.
class FaultProxyTest : public testing::Test {
 protected:
  FaultProxyTest() {
    k8s::Connection connection = reach(proxy_.url(), proxy_.caPem());
    connection.token = proxy_.token();
    transport_ =
        k8s::PocoTransport::create(connection, clock_, k8s::Surroundings::ofProcess()).value();
  }

  static k8s::Connection reach(const std::string& url, const std::string& authority) {
    k8s::Connection connection;
    connection.source = "a test";
    connection.server = url;
    connection.ca.pem = authority;
    return connection;
  }
  k8s::Connection target() const {
    k8s::Connection connection = reach(loopback_.url(), loopback_.caPem());
    connection.token = loopback_.token();
    return connection;
  }

  Result get(const std::string& target = kMaps) { return send({"GET", target, {}, ""}); }
  Result post(milliseconds patience = seconds(60)) {
    return send({"POST", kMaps, {{"Content-Type", "application/json"}}, kMap}, patience);
  }
  Result send(const k8s::HttpRequest& request, milliseconds patience = seconds(60)) {
    sink_ = testing_support::RecordingSink();
    return transport_->send(request, sink_, timing::Deadline::in(clock_, patience),
                            stop_.get_token());
  }
  void strikePost(Fault fault) { proxy_.begin(Strike{"POST configmaps", 1, fault}); }
  bool mapExists() {
    bool exists = false;
    loopback_.locked([&] {
      exists = server_.get({{"", "v1", "configmaps", "ConfigMap"}, "default", "a"}).has_value();
    });
    return exists;
  }

  timing::SystemClock clock_;
  sim::ApiServer server_{clock_};
  sim::Timeline timeline_;
  sim::LoopbackServer loopback_{server_, timeline_, clock_};
  std::vector<int> signals_;
  std::stop_source stop_;  // of the client, which a SIGKILL ends
  FaultProxy proxy_{target(), [this](int signal) {
                      signals_.push_back(signal);
                      if (signal == SIGKILL) stop_.request_stop();
                    }};
  std::unique_ptr<k8s::PocoTransport> transport_;
  testing_support::RecordingSink sink_;
};

TEST_F(FaultProxyTest, PassesRequestsAndAnswersOn) {
  ASSERT_TRUE(post());
  EXPECT_EQ(sink_.head.status, 201);
  EXPECT_TRUE(mapExists());
  ASSERT_TRUE(get(std::string(kMaps) + "/a"));
  EXPECT_THAT(sink_.body, HasSubstr(R"("name":"a")"));
  EXPECT_THAT(proxy_.requests(), ElementsAre("POST configmaps", "GET configmaps/a"));
  EXPECT_FALSE(proxy_.hasStruck());
}

TEST_F(FaultProxyTest, PassesAWatchOnAsItComes) {
  loopback_.locked([&] {
    timeline_.at(clock_.now() + milliseconds(50),
                 [this] { server_.create(json::parse(kMap).value()); });
  });
  testing_support::RecordingSink sink;
  sink.on_data = [](std::string_view) { return false; };  // the first event is enough
  ASSERT_TRUE(transport_->send({"GET", std::string(kMaps) + "?watch=true", {}, ""}, sink,
                               timing::Deadline::in(clock_, seconds(60)), {}));
  EXPECT_THAT(sink.body, HasSubstr(R"("type":"ADDED")"));
}

TEST_F(FaultProxyTest, LetsNobodyElseIn) {
  k8s::Connection stranger = reach(proxy_.url(), proxy_.caPem());
  stranger.token = loopback_.token();
  transport_ = k8s::PocoTransport::create(stranger, clock_, k8s::Surroundings::ofProcess()).value();
  ASSERT_TRUE(get());
  EXPECT_EQ(sink_.head.status, 401);
}

TEST_F(FaultProxyTest, StrikesTheOccurrenceThatIsMeantAndOnlyOnce) {
  proxy_.begin(Strike{"GET configmaps", 2, Fault::kUnavailable});
  std::vector<int> statuses;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(get());
    statuses.push_back(sink_.head.status);
  }
  EXPECT_THAT(statuses, ElementsAre(200, 503, 200));
  EXPECT_TRUE(proxy_.hasStruck());
}

TEST_F(FaultProxyTest, DropsBeforeTheServerActs) {
  strikePost(Fault::kDropBefore);
  const Result result = post();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Kind::kBroken);
  EXPECT_FALSE(mapExists());
}

TEST_F(FaultProxyTest, DropsAfterTheServerActed) {
  strikePost(Fault::kDropAfter);
  const Result result = post();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Kind::kBroken);
  EXPECT_TRUE(mapExists());
}

TEST_F(FaultProxyTest, RefusesWithoutAskingTheServer) {
  for (const auto& [fault, status] : {std::pair(Fault::kTooMany, 429),
                                      {Fault::kServerError, 500},
                                      {Fault::kUnavailable, 503},
                                      {Fault::kConflict, 409},
                                      {Fault::kRevoke, 401}}) {
    strikePost(fault);
    ASSERT_TRUE(post());
    EXPECT_EQ(sink_.head.status, status);
    EXPECT_EQ(sink_.head.header("Retry-After"), status == 429 ? "1" : "");
    EXPECT_THAT(sink_.body, HasSubstr(R"("kind":"Status")"));
  }
  EXPECT_FALSE(mapExists());
}

TEST_F(FaultProxyTest, ARevokedTokenStaysSoUntilTheNextPass) {
  strikePost(Fault::kRevoke);
  ASSERT_TRUE(post());
  ASSERT_TRUE(get());
  EXPECT_EQ(sink_.head.status, 401);
  proxy_.begin(std::nullopt);
  ASSERT_TRUE(get());
  EXPECT_EQ(sink_.head.status, 200);
}

TEST_F(FaultProxyTest, AStalledRequestReachesTheServerOnceTheClientHasLeft) {
  strikePost(Fault::kStall);
  const Result result = post(milliseconds(200));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Kind::kTimeout);
  while (!mapExists()) clock_.sleepUntil(clock_.monotonic() + milliseconds(5), {});
}

TEST_F(FaultProxyTest, CutsTheBodyOff) {
  strikePost(Fault::kTruncate);
  const Result result = post();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Kind::kBroken);
  EXPECT_EQ(sink_.head.status, 201);
  EXPECT_THAT(sink_.body, testing::StartsWith(R"({"apiVersion")"));
  EXPECT_TRUE(mapExists());
}

TEST_F(FaultProxyTest, KillsBeforeTheServerActs) {
  strikePost(Fault::kKillBefore);
  EXPECT_FALSE(post());
  EXPECT_THAT(signals_, ElementsAre(SIGKILL));
  EXPECT_FALSE(mapExists());
}

TEST_F(FaultProxyTest, KillsAfterTheServerActed) {
  strikePost(Fault::kKillAfter);
  EXPECT_FALSE(post());
  EXPECT_THAT(signals_, ElementsAre(SIGKILL));
  EXPECT_TRUE(mapExists());
}

TEST_F(FaultProxyTest, TerminatesAndServesTheRequest) {
  strikePost(Fault::kTerminate);
  ASSERT_TRUE(post());
  EXPECT_EQ(sink_.head.status, 201);
  EXPECT_THAT(signals_, ElementsAre(SIGTERM));
}

TEST_F(FaultProxyTest, TellsAWatchFromAList) {
  proxy_.begin(Strike{"WATCH configmaps", 1, Fault::kServerError});
  ASSERT_TRUE(get());
  EXPECT_EQ(sink_.head.status, 200);
  ASSERT_TRUE(get(std::string(kMaps) + "?watch=true&resourceVersion=1"));
  EXPECT_EQ(sink_.head.status, 500);
}

}  // namespace
}  // namespace matrix
