#include "tests/sim/loopback_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/k8s/connection/connection.h"
#include "common/k8s/transport/poco_transport.h"
#include "tests/sim/object_meta.h"
#include "tests/sim/test/api_request.h"

namespace sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kMaps = "/api/v1/namespaces/default/configmaps";

class CollectingSink final : public k8s::ResponseSink {
 public:
  explicit CollectingSink(std::size_t enough = 1000) : enough_(enough) {}
  void onHead(const k8s::HttpResponseHead& head) override { status = head.status; }
  bool onData(std::string_view piece) override {
    pieces.emplace_back(piece);
    return pieces.size() < enough_;
  }

  int status = 0;
  std::vector<std::string> pieces;

 private:
  std::size_t enough_;
};

class LoopbackServerTest : public testing::Test {
 protected:
  LoopbackServerTest() : server_(clock_) { loopback_.emplace(server_, timeline_, clock_); }

  static json::Value configMap(const std::string& name) {
    json::Value object = parsed(R"({"apiVersion":"v1","kind":"ConfigMap"})");
    object["metadata"]["name"] = name;
    object["metadata"]["namespace"] = "default";
    return object;
  }

  k8s::Connection connection() const {
    k8s::Surroundings surroundings;
    surroundings.read_file = [this](const std::string&) { return loopback_->kubeconfig("noobaa"); };
    return k8s::findConnection({"simulated", ""}, surroundings).value();
  }

  CollectingSink get(const k8s::Connection& connection, const std::string& target,
                     std::size_t enough = 1000) {
    const auto transport =
        k8s::PocoTransport::create(connection, clock_, k8s::Surroundings::ofProcess()).value();
    CollectingSink sink(enough);
    sent_ = transport->send({"GET", target, {}, ""}, sink,
                            timing::Deadline::in(clock_, seconds(30)), {});
    return sink;
  }

  timing::SystemClock clock_;
  ApiServer server_;
  Timeline timeline_;
  std::optional<LoopbackServer> loopback_;
  tl::expected<void, k8s::TransportError> sent_;
};

TEST_F(LoopbackServerTest, ItsKubeconfigReachesIt) {
  const CollectingSink sink = get(connection(), "/readyz");

  ASSERT_TRUE(sent_) << sent_.error().message;
  EXPECT_THAT(sink.pieces, ElementsAre("ok"));
  EXPECT_EQ(connection().name_space, "noobaa");
  EXPECT_EQ(connection().server, loopback_->url());
}

TEST_F(LoopbackServerTest, AForeignCertificateAuthorityDoesNotTrustIt) {
  ApiServer other_server(clock_);
  const LoopbackServer other(other_server, timeline_, clock_);
  k8s::Connection mistaken = connection();
  mistaken.ca.pem = other.caPem();
  get(mistaken, "/readyz");

  ASSERT_FALSE(sent_);
  EXPECT_EQ(sent_.error().kind, k8s::TransportError::Kind::kTrust);
}

TEST_F(LoopbackServerTest, AMissingOrWrongTokenIsUnauthorized) {
  k8s::Connection stranger = connection();
  for (const char* token : {"", "wrong", "-token"}) {
    stranger.token = token;
    EXPECT_EQ(get(stranger, kMaps).status, 401) << token;
  }
}

TEST_F(LoopbackServerTest, EachTokenIsItsUser) {
  loopback_->locked([&] { server_.forbid("worker", "list", "configmaps"); });
  k8s::Connection worker = connection();
  worker.token = LoopbackServer::tokenOf("worker");

  EXPECT_EQ(get(worker, kMaps).status, 403);
  EXPECT_EQ(get(connection(), kMaps).status, 200);
}

TEST_F(LoopbackServerTest, StepsOfTheTimelineRunInTheirTimeAndReachWatches) {
  const timing::Instant begin = clock_.now();
  loopback_->locked(
      [&] { timeline_.at(begin + milliseconds(50), [&] { server_.create(configMap("late")); }); });
  const CollectingSink sink = get(connection(), std::string(kMaps) + "?watch=1", 1);

  EXPECT_THAT(sink.pieces, ElementsAre(HasSubstr("\"late\"")));
  EXPECT_GE(clock_.now() - begin, milliseconds(40));
}

TEST_F(LoopbackServerTest, EventsAreFlushedOneByOne) {
  const std::string target = std::string(kMaps) + "?watch=1&timeoutSeconds=30";
  std::promise<void> first_seen;
  class Sink final : public k8s::ResponseSink {
   public:
    explicit Sink(std::promise<void>& seen) : seen_(seen) {}
    void onHead(const k8s::HttpResponseHead&) override {}
    bool onData(std::string_view piece) override {
      const bool first = text_.empty();
      text_.append(piece);
      if (first) seen_.set_value();
      return text_.find("second") == std::string::npos;
    }

   private:
    std::promise<void>& seen_;
    std::string text_;
  } sink(first_seen);
  loopback_->locked([&] { server_.create(configMap("first")); });
  std::jthread changer([&] {
    first_seen.get_future().wait();
    loopback_->locked([&] { server_.create(configMap("second")); });
  });
  const auto transport =
      k8s::PocoTransport::create(connection(), clock_, k8s::Surroundings::ofProcess()).value();

  EXPECT_TRUE(transport->send({"GET", target, {}, ""}, sink,
                              timing::Deadline::in(clock_, seconds(20)), {}));
}

TEST_F(LoopbackServerTest, CountsItsRequests) {
  get(connection(), "/readyz");
  get(connection(), "/readyz");

  EXPECT_EQ(loopback_->requests(), 2);
}

TEST_F(LoopbackServerTest, EndsInSpiteOfAnOpenWatch) {
  std::promise<void> opened;
  class Sink final : public k8s::ResponseSink {
   public:
    explicit Sink(std::promise<void>& told) : told_(told) {}
    void onHead(const k8s::HttpResponseHead&) override { told_.set_value(); }
    bool onData(std::string_view) override { return true; }

   private:
    std::promise<void>& told_;
  } sink(opened);
  const auto transport =
      k8s::PocoTransport::create(connection(), clock_, k8s::Surroundings::ofProcess()).value();
  std::jthread watcher([&] {
    sent_ = transport->send({"GET", std::string(kMaps) + "?watch=1", {}, ""}, sink,
                            timing::Deadline::in(clock_, seconds(30)), {});
  });
  opened.get_future().wait();
  loopback_.reset();
  watcher.join();

  const bool gave_up = !sent_ && sent_.error().kind == k8s::TransportError::Kind::kTimeout;
  EXPECT_FALSE(gave_up) << "the watcher ended it, not the server";
}

TEST_F(LoopbackServerTest, TheServerOutlivesIt) {
  loopback_.reset();
  EXPECT_EQ(nameOf(server_.create(configMap("a"))), "a");
}

}  // namespace
}  // namespace sim
