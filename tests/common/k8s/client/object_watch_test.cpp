#include "common/k8s/object_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "common/json/view.h"
#include "tests/common/k8s/client/client_fixture.h"

namespace k8s {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing_support::Reply;

/// Writes down what it is told, and is done at a word.
class Recorder final : public Observer {
 public:
  explicit Recorder(std::string done_at) : done_at_(std::move(done_at)) {}

  bool onList(const std::vector<json::Value>& items) override {
    std::string text = "list";
    for (const json::Value& item : items) text += " " + nameOf(item);
    return note(text);
  }
  bool onEvent(const WatchEvent& event) override {
    EXPECT_NE(event.type, WatchEvent::Type::kBookmark);
    return note("event " + nameOf(event.object));
  }
  bool onTick() override {
    ++ticks;
    if (on_tick) on_tick();
    return ticks == done_at_tick;
  }
  void onTrouble(const ApiError& error) override { note("trouble " + error.outcome()); }

  std::vector<std::string> seen;
  int ticks = 0;
  int done_at_tick = -1;
  std::function<void()> on_tick;

 private:
  static std::string nameOf(const json::Value& object) {
    json::Decoder decoder(object);
    return decoder.root()["metadata"]["name"].string();
  }
  bool note(std::string text) {
    seen.push_back(std::move(text));
    return seen.back() == done_at_;
  }

  std::string done_at_;
};

class FollowTest : public testing_support::ClientFixture {
 protected:
  static std::string object(const std::string& name, const std::string& version) {
    return R"({"metadata":{"name":")" + name + R"(","resourceVersion":")" + version + R"("}})";
  }
  static Reply listed(const std::string& version, const std::string& items = "") {
    return Reply(200, R"({"kind":"BackupList","metadata":{"resourceVersion":")" + version +
                          R"("},"items":[)" + items + "]}");
  }
  static std::string event(const std::string& name, const std::string& version,
                           const std::string& type = "MODIFIED") {
    return R"({"type":")" + type + R"(","object":)" + object(name, version) + "}\n";
  }
  static Reply quietEnd() { return Reply(200).silence(seconds(290)); }
  Reply expired() const { return Reply(410, status(410, "Expired", "too old")); }

  ApiResult<FollowEnd> run(timing::Duration limit = hours(1)) { return run(within(limit)); }
  ApiResult<FollowEnd> run(const CallContext& context) {
    return follow(client, kAllBackups, {"", "metadata.name=x"}, observer, context);
  }
  /// "list", or "watch 10" with the version asked from, for each request.
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const HttpRequest& request : transport.requests) {
      const auto at = request.target.find("resourceVersion=");
      if (request.target.find("watch=true") == std::string::npos) {
        out.emplace_back("list");
      } else {
        const auto from = at + std::string("resourceVersion=").size();
        out.push_back("watch " +
                      request.target.substr(from, request.target.find('&', from) - from));
      }
    }
    return out;
  }

  Recorder observer{"event done"};
};

TEST_F(FollowTest, ListsThenWatchesFromTheListsVersion) {
  transport.expect(listed("10", object("a", "7")));
  transport.expect(Reply(200, event("a", "11") + event("done", "12")));
  EXPECT_EQ(run(), FollowEnd::kDone);
  EXPECT_THAT(observer.seen, ElementsAre("list a", "event a", "event done"));
  EXPECT_THAT(asked(), ElementsAre("list", "watch 10"));
  EXPECT_THAT(transport.requests.at(1).target, HasSubstr("fieldSelector=metadata.name%3Dx"));
}

TEST_F(FollowTest, IsDoneWhenTheListSaysEnough) {
  observer = Recorder("list done");
  transport.expect(listed("10", object("done", "7")));
  EXPECT_EQ(run(), FollowEnd::kDone);
  EXPECT_THAT(asked(), ElementsAre("list"));
}

TEST_F(FollowTest, IsDoneWhenATickSaysSo) {
  observer.done_at_tick = 4;
  transport.expect(listed("10"));
  transport.expect(quietEnd());
  EXPECT_EQ(run(), FollowEnd::kDone);
  EXPECT_EQ(observer.ticks, 4);
}

TEST_F(FollowTest, WatchesOnAfterACleanEndFromTheLastVersion) {
  transport.expect(listed("10"));
  transport.expect(Reply(200, event("a", "11")).silence(seconds(290)));
  transport.expect(Reply(200, event("", "40", "BOOKMARK")).silence(seconds(290)));
  transport.expect(quietEnd());
  transport.expect(Reply(200, event("done", "41")));
  EXPECT_EQ(run(), FollowEnd::kDone);
  EXPECT_THAT(asked(), ElementsAre("list", "watch 10", "watch 11", "watch 40", "watch 40"));
  EXPECT_THAT(observer.seen, ElementsAre("list", "event a", "event done"));
  EXPECT_THAT(waits(), IsEmpty());
}

TEST_F(FollowTest, WatchesOnAtOnceWhenAnEventCameBeforeAQuickEnd) {
  transport.expect(listed("10"));
  transport.expect(Reply(200, event("a", "11")));
  transport.expect(Reply(200, event("done", "12")));
  EXPECT_EQ(run(), FollowEnd::kDone);
  EXPECT_THAT(waits(), IsEmpty());
}

TEST_F(FollowTest, ListsAgainWhenTheVersionExpiresInTheStream) {
  transport.expect(listed("10"));
  transport.expect(
      Reply(200)
          .silence(seconds(5))
          .piece(R"({"type":"ERROR","object":)" + status(410, "Expired", "old") + "}\n"));
  transport.expect(listed("50", object("a", "45")));
  transport.expect(Reply(200, event("done", "51")));
  EXPECT_EQ(run(), FollowEnd::kDone);
  EXPECT_THAT(asked(), ElementsAre("list", "watch 10", "list", "watch 50"));
  EXPECT_THAT(observer.seen, ElementsAre("list", "list a", "event done"));
  EXPECT_THAT(waits(), IsEmpty());
}

TEST_F(FollowTest, BacksOffWhenTheVersionOfEachListIsExpiredAtOnce) {
  for (int i = 0; i < 3; ++i) {
    transport.expect(listed("10"));
    transport.expect(expired());
  }
  transport.expect(listed("10"));
  transport.expect(Reply(200, event("done", "11")));
  EXPECT_EQ(run(), FollowEnd::kDone);
  EXPECT_THAT(asked(), ElementsAre("list", "watch 10", "list", "watch 10", "list", "watch 10",
                                   "list", "watch 10"));
  EXPECT_THAT(observer.seen, testing::Contains(HasSubstr("trouble")).Times(2));
}

TEST_F(FollowTest, ListsAtOnceForAnExpiryAfterAWatchThatWasServed) {
  transport.expect(listed("10"));
  transport.expect(expired());
  transport.expect(listed("20"));
  transport.expect(quietEnd());
  transport.expect(expired());
  transport.expect(listed("30"));
  transport.expect(Reply(200, event("done", "31")));
  EXPECT_EQ(run(), FollowEnd::kDone);
  EXPECT_THAT(asked(),
              ElementsAre("list", "watch 10", "list", "watch 20", "watch 20", "list", "watch 30"));
  EXPECT_THAT(waits(), IsEmpty());
}

TEST_F(FollowTest, BacksOffAndListsAgainWhenAWatchEndsAtOnceAndSaysNothing) {
  transport.expect(listed("10"));
  transport.expect(Reply(200));
  transport.expect(listed("20"));
  transport.expect(Reply(200, event("done", "21")));
  EXPECT_EQ(run(), FollowEnd::kDone);
  EXPECT_THAT(asked(), ElementsAre("list", "watch 10", "list", "watch 20"));
  EXPECT_THAT(observer.seen,
              ElementsAre("list", "trouble unreachable: the server ended the watch at once", "list",
                          "event done"));
  EXPECT_THAT(waits(), ElementsAre(milliseconds(800)));
}

TEST_F(FollowTest, SitsOutDisconnectionsAndGoesOnFromTheLastVersion) {
  transport.expect(listed("10"));
  transport.expect(Reply(200, event("a", "11")).thenBreaks());
  transport.expect(Reply::unsent(Broken::kConnect, "connection refused"));
  transport.expect(Reply(503, "starting"));
  transport.expect(Reply(200, event("done", "12")));
  EXPECT_EQ(run(), FollowEnd::kDone);
  EXPECT_THAT(asked(), ElementsAre("list", "watch 10", "watch 11", "watch 11", "watch 11"));
  EXPECT_THAT(observer.seen,
              ElementsAre("list", "event a", "trouble unreachable: connection reset",
                          "trouble unreachable: connection refused",
                          "trouble 503 UnexpectedServerResponse: starting", "event done"));
  EXPECT_THAT(waits(), ElementsAre(milliseconds(800), milliseconds(1000), milliseconds(600),
                                   milliseconds(1000), milliseconds(1000), milliseconds(1000),
                                   milliseconds(200)));
}

TEST_F(FollowTest, TicksEachSecondOfAnOutage) {
  transport.expect(listed("10"));
  transport.expect(Reply(429, "slow").header("Retry-After", "20"));
  transport.expect(Reply(200, event("done", "11")));
  EXPECT_EQ(run(), FollowEnd::kDone);
  EXPECT_EQ(observer.ticks, 20);
}

TEST_F(FollowTest, TicksWhileAListWaits) {
  transport.expect(Reply(0).silence(seconds(31)));
  transport.expect(listed("10").silence(seconds(3)));
  transport.expect(Reply(200, event("done", "11")));
  EXPECT_EQ(run(), FollowEnd::kDone);
  EXPECT_EQ(observer.ticks, 29 + 1 + 3);  // the 30th second of the silence is the request's last
}

TEST_F(FollowTest, EndsWithinAnOutageWhenATickSaysSo) {
  observer.done_at_tick = 2;
  transport.expect(Reply(429, "slow").header("Retry-After", "20"));
  EXPECT_EQ(run(), FollowEnd::kDone);
}

TEST_F(FollowTest, CapsItsBackOffAndStartsAnewAfterAnEvent) {
  transport.expect(listed("10"));
  for (int i = 0; i < 8; ++i) transport.expect(Reply(500, "oops"));
  transport.expect(Reply(200, event("a", "11")).thenBreaks());
  transport.expect(Reply(200, event("done", "12")));
  const auto began = clock.monotonic();
  EXPECT_EQ(run(), FollowEnd::kDone);
  const milliseconds expected(800 + 1600 + 3200 + 6400 + 12800 + 25600 + 30000 + 30000 + 800);
  EXPECT_EQ(clock.monotonic() - began, expected);
}

TEST_F(FollowTest, StartsItsBackOffAnewAfterTwoQuietMinutes) {
  transport.expect(listed("10"));
  transport.expect(Reply(500, "oops"));
  transport.expect(Reply(500, "oops"));
  transport.expect(Reply(200).silence(seconds(121)).thenBreaks());
  transport.expect(Reply(200, event("done", "11")));
  const auto began = clock.monotonic();
  EXPECT_EQ(run(), FollowEnd::kDone);
  EXPECT_EQ(clock.monotonic() - began, seconds(121) + milliseconds(800 + 1600 + 800));
}

TEST_F(FollowTest, ListsAgainAfterAnEventThatCannotBeRead) {
  transport.expect(listed("10"));
  transport.expect(Reply(200, "nonsense\n"));
  transport.expect(listed("20"));
  transport.expect(Reply(200, event("done", "21")));
  EXPECT_EQ(run(), FollowEnd::kDone);
  EXPECT_THAT(asked(), ElementsAre("list", "watch 10", "list", "watch 20"));
}

TEST_F(FollowTest, SitsOutAListThatFailsBeyondTheClientsRetries) {
  for (int i = 0; i < 5; ++i) transport.expect(Reply(500, "oops"));
  transport.expect(listed("10"));
  transport.expect(Reply(200, event("done", "11")));
  EXPECT_EQ(run(), FollowEnd::kDone);
  EXPECT_THAT(observer.seen, ElementsAre("trouble 500 UnexpectedServerResponse: oops (attempt 5)",
                                         "list", "event done"));
}

TEST_F(FollowTest, ReturnsWhatWaitingCannotHeal) {
  for (const int code : {400, 401, 403, 404, 422}) {
    transport.expect(Reply(code, status(code, "X", "no")));
    EXPECT_EQ(run().error().code, code);
    transport.expect(listed("10"));
    transport.expect(Reply(code, status(code, "X", "no")));
    EXPECT_EQ(run().error().code, code);
  }
  transport.expect(Reply::unsent(Broken::kTrust, "bad certificate"));
  EXPECT_EQ(run().error().kind, Kind::kUntrusted);
  EXPECT_THAT(waits(), IsEmpty());
}

TEST_F(FollowTest, EndsAtTheDeadlineOfAQuietWatch) {
  transport.expect(listed("10"));
  transport.expect(quietEnd());
  EXPECT_EQ(run(seconds(60)), FollowEnd::kDeadline);
  EXPECT_EQ(observer.ticks, 59);
}

TEST_F(FollowTest, EndsAtTheDeadlineOfAnOutage) {
  transport.handle(
      [](const HttpRequest&) { return Reply::unsent(Broken::kConnect, "connection refused"); });
  const auto began = clock.monotonic();
  EXPECT_EQ(run(minutes(10)), FollowEnd::kDeadline);
  EXPECT_LE(clock.monotonic() - began, minutes(10));
  EXPECT_GT(clock.monotonic() - began, minutes(9));
}

TEST_F(FollowTest, EndsAtAStop) {
  observer.on_tick = [this] {
    if (observer.ticks == 7) stop.request_stop();
  };
  transport.expect(listed("10"));
  transport.expect(quietEnd());
  EXPECT_EQ(run(), FollowEnd::kStopped);
}

TEST_F(FollowTest, EndsAtAStopWithinAnOutage) {
  observer.on_tick = [this] {
    if (observer.ticks == 7) stop.request_stop();
  };
  transport.expect(listed("10"));
  transport.expect(Reply(429, "slow").header("Retry-After", "20"));
  EXPECT_EQ(run(), FollowEnd::kStopped);
  EXPECT_EQ(observer.ticks, 7);
}

TEST_F(FollowTest, CallsTheCallersHookToo) {
  int calls = 0;
  CallContext context = within(hours(1));
  context.idle = [&] { return ++calls < 10; };
  transport.expect(listed("10"));
  transport.expect(quietEnd());
  EXPECT_EQ(run(context), FollowEnd::kStopped);
  EXPECT_EQ(calls, 10);
  EXPECT_EQ(observer.ticks, 10);
}

}  // namespace
}  // namespace k8s
