#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/json/view.h"
#include "common/k8s/client.h"
#include "tests/common/k8s/client/client_fixture.h"

namespace k8s {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing_support::Reply;

class WatchStreamTest : public testing_support::ClientFixture {
 protected:
  static std::string line(const std::string& type, const std::string& name,
                          const std::string& version) {
    return R"({"type":")" + type + R"(","object":{"metadata":{"name":")" + name +
           R"(","resourceVersion":")" + version + "\"}}}\n";
  }
  static std::string errorLine(const std::string& status) {
    return R"({"type":"ERROR","object":)" + status + "}\n";
  }

  ApiResult<WatchEnd> watch() { return watch(within(hours(1))); }
  ApiResult<WatchEnd> watch(const CallContext& context, const ListOptions& options = {}) {
    return client.watchOnce(
        kAllBackups, options, version,
        [this](const WatchEvent& event) {
          static const char* const kTypes[] = {"+", "~", "-", "*"};
          json::Decoder decoder(event.object);
          seen.push_back(kTypes[static_cast<int>(event.type)] +
                         decoder.root()["metadata"]["name"].stringOr("") + "@" + version);
          return seen.size() < stop_after;
        },
        context);
  }

  std::string version = "10";
  std::vector<std::string> seen;
  std::size_t stop_after = 1000000;
};

TEST_F(WatchStreamTest, AsksFromTheVersionForBookmarksAndAnEnd) {
  transport.expect(Reply(200));
  EXPECT_EQ(watch(within(hours(1)), {"app=db", "metadata.name=x"}), WatchEnd::kServerClosed);
  EXPECT_EQ(transport.requests.at(0).target,
            "/apis/postgresql.cnpg.io/v1/namespaces/noobaa/backups?watch=true"
            "&allowWatchBookmarks=true&resourceVersion=10&timeoutSeconds=290"
            "&labelSelector=app%3Ddb&fieldSelector=metadata.name%3Dx");
  EXPECT_EQ(transport.timeouts.at(0), "");
  EXPECT_EQ(client.counts().watches, 1);
  EXPECT_EQ(client.counts().requests, 1);
}

TEST_F(WatchStreamTest, AsksForNoMoreThanTheDeadlineLeaves) {
  transport.expect(Reply(200));
  EXPECT_TRUE(watch(within(milliseconds(45900))));
  EXPECT_THAT(transport.requests.at(0).target, EndsWith("timeoutSeconds=45"));
  transport.expect(Reply(200));
  EXPECT_TRUE(watch(within(milliseconds(300))));
  EXPECT_THAT(transport.requests.at(1).target, EndsWith("timeoutSeconds=1"));
}

TEST_F(WatchStreamTest, DeliversEventsAndAdvancesTheVersion) {
  transport.expect(Reply(200, line("ADDED", "a", "11") + line("MODIFIED", "a", "12"))
                       .piece(line("BOOKMARK", "", "20"))
                       .piece(line("DELETED", "a", "21")));
  EXPECT_EQ(watch(), WatchEnd::kServerClosed);
  EXPECT_THAT(seen, ElementsAre("+a@11", "~a@12", "*@20", "-a@21"));
  EXPECT_EQ(version, "21");
}

TEST_F(WatchStreamTest, PutsLinesTogetherWhereverThePiecesAreCut) {
  const std::string text = line("ADDED", "a", "11") + "\r\n" + line("DELETED", "b", "12");
  for (std::size_t i = 1; i < text.size(); ++i) {
    SCOPED_TRACE(i);
    seen.clear();
    transport.expect(Reply(200).piece(text.substr(0, i)).piece(text.substr(i)));
    EXPECT_EQ(watch(), WatchEnd::kServerClosed);
    EXPECT_THAT(seen, ElementsAre("+a@11", "-b@12"));
  }
}

TEST_F(WatchStreamTest, DropsALineWithoutItsEnd) {
  const std::string cut = line("MODIFIED", "a", "12");
  transport.expect(Reply(200, line("ADDED", "a", "11")).piece(cut.substr(0, cut.size() - 1)));
  EXPECT_EQ(watch(), WatchEnd::kServerClosed);
  EXPECT_THAT(seen, ElementsAre("+a@11"));
  EXPECT_EQ(version, "11");
}

TEST_F(WatchStreamTest, KeepsTheVersionReachedWhenTheConnectionBreaks) {
  transport.expect(Reply(200, line("ADDED", "a", "11")).thenBreaks());
  const auto end = watch();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, Kind::kUnreachable);
  EXPECT_EQ(end.error().describe(),
            "watch backups.postgresql.cnpg.io in noobaa: unreachable: connection reset");
  EXPECT_EQ(version, "11");
  EXPECT_THAT(waits(), IsEmpty());
}

TEST_F(WatchStreamTest, TellsAnExpiredVersionInTheStream) {
  transport.expect(Reply(200, errorLine(status(410, "Expired", "too old"))));
  EXPECT_EQ(watch(), WatchEnd::kExpired);
}

TEST_F(WatchStreamTest, TellsAnExpiredVersionAtConnect) {
  transport.expect(Reply(410, status(410, "Expired", "too old")));
  EXPECT_EQ(watch(), WatchEnd::kExpired);
}

TEST_F(WatchStreamTest, ReturnsOtherErrorsInTheStream) {
  transport.expect(Reply(
      200, line("ADDED", "a", "11") +
               errorLine(status(500, "InternalError", "etcd", R"({"retryAfterSeconds":3})"))));
  const auto end = watch();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().describe(),
            "watch backups.postgresql.cnpg.io in noobaa: 500 InternalError: etcd");
  EXPECT_EQ(end.error().retry_after, seconds(3));
  EXPECT_EQ(version, "11");
}

TEST_F(WatchStreamTest, ReturnsRefusalsAtConnectWithoutRetry) {
  for (const int code : {401, 403, 404, 429, 503}) {
    transport.expect(Reply(code, status(code, "X", "no")));
    EXPECT_EQ(watch().error().code, code);
  }
  EXPECT_EQ(transport.requests.size(), 5u);
}

TEST_F(WatchStreamTest, RefusesLinesThatAreNoEvents) {
  for (const char* text :
       {"nonsense\n", "[]\n", "{}\n", "{\"type\":\"ADDED\"}\n", "{\"type\":5,\"object\":{}}\n",
        "{\"type\":\"SURPRISE\",\"object\":{}}\n", "{\"type\":\"ADDED\",\"object\":{}}\n",
        "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"resourceVersion\":5}}}\n",
        "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"resourceVersion\":\"\"}}}\n",
        "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"0\"}}}\n"}) {
    transport.expect(Reply(200, text));
    const auto end = watch();
    ASSERT_FALSE(end) << text;
    EXPECT_EQ(end.error().kind, Kind::kMalformed) << text;
  }
  EXPECT_THAT(seen, IsEmpty());
  EXPECT_EQ(version, "10");
}

TEST_F(WatchStreamTest, RefusesALineBeyondAllMeasure) {
  Reply reply(200);
  for (int i = 0; i < 17; ++i) reply.piece(std::string(std::size_t{1} << 20, 'x'));
  transport.expect(reply);
  const auto end = watch();
  ASSERT_FALSE(end);
  EXPECT_THAT(end.error().message, HasSubstr("16 MiB"));
}

TEST_F(WatchStreamTest, StopsWhenAnEventSaysSo) {
  stop_after = 1;
  transport.expect(Reply(200, line("ADDED", "a", "11") + line("MODIFIED", "a", "12")));
  EXPECT_EQ(watch(), WatchEnd::kStoppedByCaller);
  EXPECT_THAT(seen, ElementsAre("+a@11"));
  EXPECT_EQ(version, "11");
}

TEST_F(WatchStreamTest, StopsWhenIdleSaysSo) {
  transport.expect(Reply(200).silence(seconds(100)));
  int idles = 0;
  CallContext context = within(hours(1));
  context.idle = [&] { return ++idles < 3; };
  EXPECT_EQ(watch(context).error().kind, Kind::kStopped);
  EXPECT_EQ(idles, 3);
}

TEST_F(WatchStreamTest, CallsIdleThoughEventsKeepComing) {
  Reply reply(200);
  for (int i = 0; i < 20; ++i) reply.piece(line("BOOKMARK", "", "11"));
  transport.handle([&](const HttpRequest&) { return reply; });
  int idles = 0;
  CallContext context = within(hours(1));
  context.idle = [&] { return ++idles > 0; };
  const auto end = client.watchOnce(
      kAllBackups, {}, version,
      [this](const WatchEvent&) {
        clock.advance(milliseconds(500));
        return true;
      },
      context);
  EXPECT_EQ(end, WatchEnd::kServerClosed);
  EXPECT_EQ(idles, 10);
}

TEST_F(WatchStreamTest, GivesUpASilentConnection) {
  transport.expect(Reply(200, line("ADDED", "a", "11")).silence(seconds(1000)));
  const auto began = clock.monotonic();
  const auto end = watch();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, Kind::kUnreachable);
  EXPECT_THAT(end.error().message, HasSubstr("silent"));
  EXPECT_EQ(clock.monotonic() - began, seconds(296));
}

TEST_F(WatchStreamTest, GivesUpOneThatIsNotAnsweredAsSoonAsAnyRequest) {
  transport.expect(Reply(0).silence(seconds(1000)));
  const auto began = clock.monotonic();
  const auto end = watch();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, Kind::kUnreachable);
  EXPECT_THAT(end.error().message, HasSubstr("no answer within 30s"));
  EXPECT_EQ(clock.monotonic() - began, seconds(31));
}

TEST_F(WatchStreamTest, BoundsAStreamThatNeverEnds) {
  transport.expect(Reply(200));
  EXPECT_TRUE(watch());
  EXPECT_EQ(transport.deadlines.at(0), clock.monotonic() + seconds(320));
}

TEST_F(WatchStreamTest, EndsAtTheDeadline) {
  transport.expect(Reply(200).silence(seconds(1000)));
  EXPECT_EQ(watch(within(seconds(20))).error().kind, Kind::kTimeout);
}

TEST_F(WatchStreamTest, EndsAtAStop) {
  transport.expect(Reply(200).silence(seconds(1000)));
  int idles = 0;
  CallContext context = within(hours(1));
  context.idle = [&] { return ++idles < 5 || stop.request_stop(); };
  EXPECT_EQ(watch(context).error().kind, Kind::kStopped);
}

TEST_F(WatchStreamTest, MayMakeOtherCallsFromWithin) {
  transport.expect(Reply(200, line("ADDED", "a", "11") + line("MODIFIED", "a", "12")));
  transport.expect(Reply(200, "{}"));
  int calls = 0;
  const auto end = client.watchOnce(
      kAllBackups, {}, version,
      [&](const WatchEvent&) {
        const bool first = calls++ == 0;
        EXPECT_TRUE(!first || client.get(kBackup, unbounded()));
        return true;
      },
      within(hours(1)));
  EXPECT_EQ(end, WatchEnd::kServerClosed);
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace k8s
