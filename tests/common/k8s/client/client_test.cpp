#include "common/k8s/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/json/parse.h"
#include "common/json/write.h"
#include "tests/common/k8s/client/client_fixture.h"

namespace k8s {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::StartsWith;
using testing_support::Reply;

class ClientTest : public testing_support::ClientFixture {
 protected:
  json::Value object() const { return *json::parse(R"({"metadata":{"name":"backup-1"}})"); }
  std::string lastBody() const { return transport.requests.back().body; }
  std::string lastTarget() const { return transport.requests.back().target; }
};

// --- Requests as they leave ---

TEST_F(ClientTest, GetsAnObject) {
  transport.expect(Reply(200, R"({"metadata":{"name":"backup-1"}})"));
  const auto got = client.get(kBackup, unbounded());
  ASSERT_TRUE(got) << got.error().describe();
  EXPECT_EQ(*got, object());
  const HttpRequest& request = transport.requests.at(0);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/apis/postgresql.cnpg.io/v1/namespaces/noobaa/backups/backup-1");
  EXPECT_THAT(request.headers, Contains(Pair("Accept", "application/json")));
  EXPECT_THAT(request.headers, Contains(Pair("User-Agent", "test/1.0")));
  EXPECT_EQ(request.body, "");
}

TEST_F(ClientTest, AsksAPodThroughTheApiServer) {
  const ObjectRef pod{{"", "v1", "pods", "Pod"}, "noobaa", "db-1"};
  transport.expect(Reply(200, R"({"data":"text"})"));
  const auto got = client.getFromPod(pod, 8000, "/pg/controldata", unbounded());
  ASSERT_TRUE(got) << got.error().describe();
  EXPECT_EQ(*got, *json::parse(R"({"data":"text"})"));
  EXPECT_EQ(transport.requests.at(0).method, "GET");
  EXPECT_EQ(lastTarget(), "/api/v1/namespaces/noobaa/pods/https:db-1:8000/proxy/pg/controldata");

  transport.expect(Reply(403, status(403, "Forbidden", "no")));
  const auto refused = client.getFromPod(pod, 8000, "/pg/controldata", unbounded());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().verb, "get");
  EXPECT_EQ(refused.error().resource, "pods/proxy");
  EXPECT_EQ(refused.error().name, "db-1");
}

TEST_F(ClientTest, AsksNoPodWithoutAName) {
  const ObjectRef pods{{"", "v1", "pods", "Pod"}, "noobaa", ""};
  EXPECT_FALSE(client.getFromPod(pods, 8000, "/pg/status", unbounded()));
  EXPECT_THAT(transport.requests, IsEmpty());
}

TEST_F(ClientTest, PutsAnAnswerTogetherFromPieces) {
  transport.expect(Reply(200).piece(R"({"met)").piece(R"(adata":{"name":"back)").piece("up-1\"}}"));
  EXPECT_EQ(client.get(kBackup, unbounded()), object());
}

TEST_F(ClientTest, KeepsLongNamesWhole) {
  const std::string name_space(63, 'n');
  const std::string name(63, 'o');
  transport.expect(Reply(200, "{}"));
  ASSERT_TRUE(client.get({kBackups, name_space, name}, unbounded()));
  EXPECT_EQ(lastTarget(),
            "/apis/postgresql.cnpg.io/v1/namespaces/" + name_space + "/backups/" + name);
}

TEST_F(ClientTest, SendsNothingForANameThatMakesNoPath) {
  for (const char* name : {"", ".", ".."}) {
    const auto removed = client.remove({kBackups, "noobaa", name}, {}, unbounded());
    ASSERT_FALSE(removed);
    EXPECT_EQ(removed.error().code, 400);
    EXPECT_THAT(removed.error().describe(), HasSubstr("not sent"));
  }
  EXPECT_FALSE(client.get({kBackups, "..", "backup-1"}, unbounded()));
  EXPECT_FALSE(client.get({{"g", "v1", "", ""}, "noobaa", "backup-1"}, unbounded()));
  EXPECT_THAT(transport.requests, IsEmpty());
}

TEST_F(ClientTest, CreatesInTheCollection) {
  transport.expect(Reply(201, R"({"metadata":{"name":"backup-1","uid":"u"}})"));
  const auto created = client.create(kBackup, object(), Idempotency::kYes, unbounded());
  ASSERT_TRUE(created) << created.error().describe();
  const HttpRequest& request = transport.requests.at(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target,
            "/apis/postgresql.cnpg.io/v1/namespaces/noobaa/backups?fieldManager=tester");
  EXPECT_THAT(request.headers, Contains(Pair("Content-Type", "application/json")));
  EXPECT_EQ(request.body, json::write(object()));
}

TEST_F(ClientTest, PatchesTheStatusSubresource) {
  transport.expect(Reply(200, "{}"));
  const auto patch = *json::parse(R"({"status":{"phase":"done"}})");
  ASSERT_TRUE(client.mergePatch(kBackup, patch, Subresource::kStatus, unbounded()));
  const HttpRequest& request = transport.requests.at(0);
  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.target,
            "/apis/postgresql.cnpg.io/v1/namespaces/noobaa/backups/backup-1/status"
            "?fieldManager=tester");
  EXPECT_THAT(request.headers, Contains(Pair("Content-Type", "application/merge-patch+json")));
  EXPECT_EQ(request.body, R"({"status":{"phase":"done"}})");
}

TEST_F(ClientTest, NamesTheSubresourceInErrors) {
  transport.expect(Reply(403, status(403, "Forbidden", "no")));
  const auto patched = client.mergePatch(kBackup, object(), Subresource::kStatus, unbounded());
  EXPECT_EQ(patched.error().describe(),
            "patch backups/status.postgresql.cnpg.io noobaa/backup-1: 403 Forbidden: no");
}

TEST_F(ClientTest, ReplacesByPut) {
  transport.expect(Reply(200, "{}"));
  ASSERT_TRUE(client.replace(kBackup, object(), unbounded()));
  EXPECT_EQ(transport.requests.at(0).method, "PUT");
  EXPECT_THAT(lastTarget(), EndsWith("/backups/backup-1?fieldManager=tester"));
}

TEST_F(ClientTest, RemovesWithPreconditionsInTheBackground) {
  transport.expect(Reply(200, status(200, "", "")));
  ASSERT_TRUE(client.remove(kBackup, {"uid-1", "77"}, unbounded()));
  EXPECT_EQ(transport.requests.at(0).method, "DELETE");
  EXPECT_THAT(lastTarget(), EndsWith("/backups/backup-1"));
  EXPECT_EQ(*json::parse(lastBody()), *json::parse(R"({"apiVersion":"v1","kind":"DeleteOptions",
              "propagationPolicy":"Background",
              "preconditions":{"uid":"uid-1","resourceVersion":"77"}})"));
}

TEST_F(ClientTest, RemovesWithoutPreconditionsWhenNoneAreGiven) {
  transport.expect(Reply(200, "{}"));
  ASSERT_TRUE(client.remove(kBackup, {}, unbounded()));
  EXPECT_THAT(lastBody(), Not(HasSubstr("preconditions")));
}

TEST_F(ClientTest, TakesAMissingObjectAsRemoved) {
  transport.expect(Reply(404, status(404, "NotFound", "gone", R"({"name":"backup-1"})")));
  EXPECT_TRUE(client.remove(kBackup, {"uid-1", ""}, unbounded()));
}

TEST_F(ClientTest, ReturnsTheConflictOfAFailedPrecondition) {
  transport.expect(Reply(409, status(409, "Conflict", "the UID in the precondition differs")));
  const auto removed = client.remove(kBackup, {"uid-1", ""}, unbounded());
  ASSERT_FALSE(removed);
  EXPECT_TRUE(removed.error().isConflict());
}

TEST_F(ClientTest, KnowsItsOwnDeleteWhoseAnswerWasLost) {
  transport.expect(Reply::broken());
  transport.expect(Reply(409, status(409, "Conflict", "the resourceVersion differs")));
  transport.expect(
      Reply(200, R"({"metadata":{"uid":"uid-1","deletionTimestamp":"2025-01-15T10:20:30Z"}})"));
  EXPECT_TRUE(client.remove(kBackup, {"uid-1", "77"}, unbounded()));
}

TEST_F(ClientTest, ReturnsTheConflictOfARepeatedDeleteThatDidNothing) {
  transport.expect(Reply::broken());
  transport.expect(Reply(409, status(409, "Conflict", "the resourceVersion differs")));
  transport.expect(Reply(200, R"({"metadata":{"uid":"uid-1"}})"));
  const auto removed = client.remove(kBackup, {"uid-1", "77"}, unbounded());
  ASSERT_FALSE(removed);
  EXPECT_TRUE(removed.error().isConflict());
}

TEST_F(ClientTest, ShowsNoForeignAnswerThatEchoesTheToken) {
  transport.expect(Reply(403, "denied by proxy; your request: Authorization: Bearer s3cr3t"));
  const auto got = client.get(kBackup, unbounded());
  ASSERT_FALSE(got);
  EXPECT_THAT(got.error().describe(), Not(HasSubstr("s3cr3t")));
}

TEST_F(ClientTest, OnlyTriesChangesInADryRun) {
  ClientOptions options = defaults();
  options.dry_run = true;
  Client dry = clientWith(options);
  for (int i = 0; i < 5; ++i) transport.expect(Reply(200, "{}"));
  ASSERT_TRUE(dry.create(kBackup, object(), Idempotency::kYes, unbounded()));
  EXPECT_THAT(lastTarget(), EndsWith("?fieldManager=tester&dryRun=All"));
  ASSERT_TRUE(dry.mergePatch(kBackup, object(), Subresource::kNone, unbounded()));
  EXPECT_THAT(lastTarget(), EndsWith("?fieldManager=tester&dryRun=All"));
  ASSERT_TRUE(dry.replace(kBackup, object(), unbounded()));
  EXPECT_THAT(lastTarget(), EndsWith("?fieldManager=tester&dryRun=All"));
  ASSERT_TRUE(dry.remove(kBackup, {}, unbounded()));
  EXPECT_THAT(lastBody(), HasSubstr(R"("dryRun":["All"])"));
  ASSERT_TRUE(dry.get(kBackup, unbounded()));
  EXPECT_THAT(lastTarget(), Not(HasSubstr("dryRun")));
}

TEST_F(ClientTest, ValidatesACreationThatTheServerDoesNotKeep) {
  transport.expect(Reply(201, "{}"));
  ASSERT_TRUE(client.validateCreation(kBackup, object(), unbounded()));
  EXPECT_THAT(lastTarget(), EndsWith("/backups?fieldManager=tester&dryRun=All"));
}

TEST_F(ClientTest, NamesTheServedGroups) {
  transport.expect(Reply(200, R"({"kind":"APIGroupList","groups":[
      {"name":"apps","versions":[]},{"name":"postgresql.cnpg.io"}]})"));
  const auto groups = client.apiGroups(unbounded());
  ASSERT_TRUE(groups) << groups.error().describe();
  EXPECT_THAT(*groups, ElementsAre("apps", "postgresql.cnpg.io"));
  EXPECT_EQ(lastTarget(), "/apis");
}

TEST_F(ClientTest, RefusesAGroupListWithoutGroups) {
  transport.expect(Reply(200, R"({"kind":"Surprise"})"));
  const auto groups = client.apiGroups(unbounded());
  ASSERT_FALSE(groups);
  EXPECT_EQ(groups.error().kind, Kind::kMalformed);
  EXPECT_THAT(groups.error().describe(), StartsWith("get /apis: unusable answer: .groups"));
}

TEST_F(ClientTest, NamesTheServersVersion) {
  transport.expect(Reply(200, R"({"major":"1","minor":"34","gitVersion":"v1.34.2"})"));
  const auto version = client.serverVersion(unbounded());
  ASSERT_TRUE(version) << version.error().describe();
  EXPECT_EQ(*version, "v1.34.2");
  EXPECT_EQ(lastTarget(), "/version");
}

TEST_F(ClientTest, RefusesAVersionThatIsNone) {
  transport.expect(Reply(200, R"({"kind":"Surprise"})"));
  const auto version = client.serverVersion(unbounded());
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().kind, Kind::kMalformed);
}

// --- Answers that are none ---

TEST_F(ClientTest, KeepsTheServersRefusal) {
  transport.expect(
      Reply(403, status(403, "Forbidden", "user can not get", R"({"name":"backup-1"})")));
  const auto got = client.get(kBackup, unbounded());
  ASSERT_FALSE(got);
  EXPECT_TRUE(got.error().isForbidden());
  EXPECT_EQ(got.error().describe(),
            "get backups.postgresql.cnpg.io noobaa/backup-1: 403 Forbidden: user can not get");
  EXPECT_EQ(got.error().details_name, "backup-1");
}

TEST_F(ClientTest, TakesAPlainNotFoundAsAMissingApi) {
  transport.expect(Reply(404, "404 page not found\n"));
  EXPECT_TRUE(client.get(kBackup, unbounded()).error().isApiMissing());
}

TEST_F(ClientTest, DoesNotFollowRedirects) {
  transport.expect(Reply(302).header("Location", "https://elsewhere/"));
  const auto got = client.get(kBackup, unbounded());
  EXPECT_EQ(got.error().code, 302);
  EXPECT_EQ(got.error().kind, Kind::kStatus);
}

TEST_F(ClientTest, RefusesAnAnswerThatIsNoJson) {
  ClientOptions options = defaults();
  options.retry.max_attempts = 1;
  Client once = clientWith(options);
  transport.expect(Reply(200, "<html>"));
  EXPECT_EQ(once.get(kBackup, unbounded()).error().kind, Kind::kMalformed);
}

TEST_F(ClientTest, TakesTheVerdictOfAnErrorWhoseBodyIsCut) {
  transport.expect(Reply(403, R"({"kind":"Sta)").thenBreaks());
  const auto got = client.get(kBackup, unbounded());
  EXPECT_TRUE(got.error().isForbidden());
  EXPECT_EQ(transport.requests.size(), 1u);
}

TEST_F(ClientTest, AsksAgainWhenTheBodyThatDecidesIsCut) {
  transport.expect(Reply(404, R"({"kind":"Sta)").thenBreaks());
  transport.expect(
      Reply(404, R"({"kind":"Status","reason":"NotFound","details":{"name":"backup-1"}})"));
  const auto got = client.get(kBackup, unbounded());
  EXPECT_TRUE(got.error().isNotFound());
  EXPECT_FALSE(got.error().isApiMissing());
  EXPECT_EQ(transport.requests.size(), 2u);
}

TEST_F(ClientTest, DoesNotTakeAnAlreadyExistsThatIsCutForAConflict) {
  transport.expect(Reply(409, R"({"kind":"Sta)").thenBreaks());
  transport.expect(Reply(409, R"({"kind":"Status","reason":"AlreadyExists"})"));
  const auto made = client.create(kBackup, object(), Idempotency::kYes, unbounded());
  EXPECT_TRUE(made.error().isAlreadyExists());
}

// --- Retries ---

TEST_F(ClientTest, RetriesWhatMayHealAndSucceeds) {
  transport.expect(Reply(500, "oops"));
  transport.expect(Reply::broken());
  transport.expect(Reply(200, R"({"metadata":)").thenBreaks());
  transport.expect(Reply(200, R"({"metadata":)"));  // cut without the transport noticing
  transport.expect(Reply(200, R"({"metadata":{"name":"backup-1"}})"));
  EXPECT_EQ(client.get(kBackup, unbounded()), object());
  EXPECT_THAT(waits(), ElementsAre(milliseconds(500), milliseconds(1000), milliseconds(2000),
                                   milliseconds(4000)));
  EXPECT_EQ(client.counts().requests, 5);
  EXPECT_EQ(client.counts().retries, 4);
}

TEST_F(ClientTest, ResetsBeforeFirstByteIsRetriedAndCountsBytes) {
  transport.expect(Reply::broken());
  transport.expect(Reply(200, "{}"));
  ASSERT_TRUE(client.get(kBackup, unbounded()));
  EXPECT_EQ(client.counts().bytes_received, 2);
}

TEST_F(ClientTest, SpreadsItsWaitsByJitter) {
  jitter = 0.5;
  transport.expect(Reply::broken());
  transport.expect(Reply(200, "{}"));
  ASSERT_TRUE(client.get(kBackup, unbounded()));
  EXPECT_THAT(waits(), ElementsAre(milliseconds(250)));
}

TEST_F(ClientTest, WaitsAsLongAsTheServerAsks) {
  transport.expect(Reply(429, "slow down").header("Retry-After", "7"));
  transport.expect(Reply(503, "starting").header("Retry-After", "90"));
  transport.expect(Reply(200, "{}"));
  ASSERT_TRUE(client.create(kBackup, object(), Idempotency::kNo, unbounded()));
  EXPECT_THAT(waits(), ElementsAre(milliseconds(7000), milliseconds(60000)));
}

TEST_F(ClientTest, DoesNotRepeatWhatMayHaveBeenDone) {
  for (const Reply& reply : {Reply(500, "oops"), Reply::broken(), Reply(504, "late")}) {
    transport.expect(reply);
    EXPECT_FALSE(client.create({kBackups, "noobaa", ""}, object(), Idempotency::kNo, unbounded()));
  }
  EXPECT_EQ(transport.requests.size(), 3u);
  EXPECT_THAT(waits(), IsEmpty());
}

TEST_F(ClientTest, RepeatsAnyRequestThatWasNotSent) {
  transport.expect(Reply::unsent(Broken::kConnect, "connection refused"));
  transport.expect(Reply(201, "{}"));
  EXPECT_TRUE(client.create({kBackups, "noobaa", ""}, object(), Idempotency::kNo, unbounded()));
}

TEST_F(ClientTest, DoesNotRetryRefusals) {
  for (const int code : {400, 401, 403, 404, 405, 409, 410, 413, 415, 422}) {
    transport.expect(Reply(code, status(code, "X", "no")));
    EXPECT_EQ(client.get(kBackup, unbounded()).error().code, code);
  }
  EXPECT_EQ(transport.requests.size(), 10u);
}

TEST_F(ClientTest, DoesNotRetryAProxyThatTurnsItAway) {
  transport.expect(Reply::unsent(Broken::kProxy, "407"));
  const auto got = client.get(kBackup, unbounded());
  EXPECT_EQ(got.error().kind, Kind::kProxy);
  EXPECT_THAT(got.error().describe(), EndsWith("not let through: 407"));
}

TEST_F(ClientTest, DoesNotRetryAnUntrustedServer) {
  transport.expect(Reply::unsent(Broken::kTrust, "certificate of another host"));
  const auto got = client.get(kBackup, unbounded());
  EXPECT_EQ(got.error().kind, Kind::kUntrusted);
  EXPECT_THAT(got.error().describe(), EndsWith("not trusted: certificate of another host"));
}

TEST_F(ClientTest, DoesNotRetryUnreadableCredentials) {
  transport.expect(Reply::unsent(Broken::kCredentials, "no such file"));
  EXPECT_EQ(client.get(kBackup, unbounded()).error().kind, Kind::kCredentials);
}

TEST_F(ClientTest, DoesNotRetryWhatCannotBeSent) {
  transport.expect(Reply::unsent(Broken::kUnsendable, "a line break in a header"));
  const auto got = client.get(kBackup, unbounded());
  EXPECT_EQ(got.error().kind, Kind::kStatus);
  EXPECT_THAT(got.error().describe(), EndsWith("refused: a line break in a header"));
}

TEST_F(ClientTest, TellsThePreviousErrorTooWhenItGivesUp) {
  transport.expect(Reply(503, status(503, "ServiceUnavailable", "starting")));
  for (int i = 0; i < 4; ++i) transport.expect(Reply::broken());
  const auto got = client.get(kBackup, unbounded());
  EXPECT_EQ(got.error().kind, Kind::kUnreachable);
  EXPECT_EQ(got.error().message, "connection reset (attempt 5)");
  EXPECT_EQ(transport.left(), 0u);
}

TEST_F(ClientTest, TellsAPreviousErrorThatDiffers) {
  transport.expect(Reply(503, status(503, "ServiceUnavailable", "starting")));
  transport.expect(Reply(403, status(403, "Forbidden", "no")));
  EXPECT_EQ(client.get(kBackup, unbounded()).error().message,
            "no (attempt 2; before it 503 ServiceUnavailable: starting)");
}

TEST_F(ClientTest, LogsEachRetry) {
  transport.expect(Reply(503, "starting"));
  transport.expect(Reply(200, "{}"));
  ASSERT_TRUE(client.get(kBackup, unbounded()));
  ASSERT_EQ(log_lines.size(), 1u);
  EXPECT_THAT(log_lines[0], AllOf(HasSubstr("get"), HasSubstr("backups.postgresql.cnpg.io"),
                                  HasSubstr("noobaa/backup-1"), HasSubstr("attempt=1"),
                                  HasSubstr("500ms"), HasSubstr("starting")));
}

// --- Bounds ---

TEST_F(ClientTest, BoundsARequestByItsTimeoutOrTheDeadline) {
  transport.expect(Reply(200, "{}"));
  transport.expect(Reply(200, "{}"));
  ASSERT_TRUE(client.get(kBackup, unbounded()));
  ASSERT_TRUE(client.get(kBackup, within(seconds(10))));
  EXPECT_EQ(transport.deadlines.at(0), clock.monotonic() + seconds(30));
  EXPECT_EQ(transport.deadlines.at(1), clock.monotonic() + seconds(10));
}

TEST_F(ClientTest, RetriesARequestThatTookTooLong) {
  transport.expect(Reply(0).silence(seconds(31)));
  transport.expect(Reply(200, "{}"));
  EXPECT_TRUE(client.get(kBackup, within(minutes(5))));
}

TEST_F(ClientTest, EndsAtTheDeadlineWithinARequest) {
  transport.expect(Reply(0).silence(seconds(60)));
  const auto got = client.get(kBackup, within(seconds(5)));
  EXPECT_EQ(got.error().kind, Kind::kTimeout);
}

TEST_F(ClientTest, DoesNotWaitForARetryBeyondTheDeadline) {
  transport.expect(
      Reply(503, status(503, "ServiceUnavailable", "later")).header("Retry-After", "9"));
  const auto got = client.get(kBackup, within(seconds(9)));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Kind::kTimeout);
  EXPECT_THAT(got.error().describe(), HasSubstr("503 ServiceUnavailable: later"));
  EXPECT_THAT(waits(), IsEmpty());
}

TEST_F(ClientTest, SendsNothingAfterTheDeadline) {
  const CallContext context = within(seconds(1));
  clock.advance(seconds(1));
  EXPECT_EQ(client.get(kBackup, context).error().kind, Kind::kTimeout);
  EXPECT_THAT(transport.requests, IsEmpty());
}

TEST_F(ClientTest, SendsNothingAfterAStop) {
  stop.request_stop();
  EXPECT_EQ(client.get(kBackup, unbounded()).error().kind, Kind::kStopped);
  EXPECT_THAT(transport.requests, IsEmpty());
}

TEST_F(ClientTest, StopsWaitingForARetry) {
  transport.handle([this](const HttpRequest&) {
    stop.request_stop();
    return Reply(500, "oops");
  });
  const auto got = client.get(kBackup, unbounded());
  EXPECT_EQ(got.error().kind, Kind::kStopped);
  EXPECT_THAT(got.error().describe(), HasSubstr("oops"));
  EXPECT_EQ(transport.requests.size(), 1u);
}

TEST_F(ClientTest, TriesNoMoreOftenThanItsContextAllows) {
  transport.handle([](const HttpRequest&) { return Reply(500, "oops"); });
  CallContext context = unbounded();
  context.max_attempts = 2;
  EXPECT_FALSE(client.get(kBackup, context));
  EXPECT_EQ(transport.requests.size(), 2u);
  context.max_attempts = 100;
  EXPECT_FALSE(client.get(kBackup, context));
  EXPECT_EQ(transport.requests.size(), 2u + 5u);
}

TEST_F(ClientTest, CallsIdleEachSecondOfWaiting) {
  int calls = 0;
  CallContext context = unbounded();
  context.idle = [&] { return ++calls > 0; };
  transport.expect(Reply(429, "no").silence(seconds(3)).header("Retry-After", "4"));
  transport.expect(Reply(200, "{}").silence(seconds(2)));
  ASSERT_TRUE(client.get(kBackup, context));
  EXPECT_EQ(calls, 3 + 4 + 2);
}

TEST_F(ClientTest, GivesUpWhenIdleSaysSo) {
  CallContext context = unbounded();
  context.idle = [] { return false; };
  transport.expect(Reply(0).silence(seconds(10)));
  EXPECT_EQ(client.get(kBackup, context).error().kind, Kind::kStopped);
  transport.expect(Reply(429, "no"));
  EXPECT_EQ(client.get(kBackup, context).error().kind, Kind::kStopped);
}

// --- Creating once ---

class CreateOnceTest : public ClientTest {
 protected:
  ApiResult<json::Value> create(bool mine) {
    return client.create(kBackup, object(), Idempotency::kYes, unbounded(),
                         [mine](const json::Value&) { return mine; });
  }
  const std::string kExists = status(409, "AlreadyExists", "exists", R"({"name":"backup-1"})");
};

TEST_F(CreateOnceTest, TakesWhatItsLostTryMade) {
  transport.expect(Reply::broken());
  transport.expect(Reply(409, kExists));
  transport.expect(Reply(200, R"({"metadata":{"name":"backup-1","uid":"u"}})"));
  const auto created = create(true);
  ASSERT_TRUE(created) << created.error().describe();
  EXPECT_THAT(json::write(*created), HasSubstr("uid"));
  EXPECT_EQ(transport.requests.at(2).method, "GET");
}

TEST_F(CreateOnceTest, ReportsWhatAnotherMade) {
  transport.expect(Reply(504, "late"));
  transport.expect(Reply(409, kExists));
  transport.expect(Reply(200, "{}"));
  EXPECT_TRUE(create(false).error().isAlreadyExists());
}

TEST_F(CreateOnceTest, TakesWhatALoadBalancerMadeOfItsOnlyTry) {
  transport.expect(Reply(409, kExists));
  transport.expect(Reply(200, R"({"metadata":{"name":"backup-1","uid":"u"}})"));
  EXPECT_TRUE(create(true));
}

TEST_F(CreateOnceTest, AsksNobodyWhereItWasNotToldWhatIsMine) {
  transport.expect(Reply(409, kExists));
  EXPECT_TRUE(
      client.create(kBackup, object(), Idempotency::kYes, unbounded()).error().isAlreadyExists());
  EXPECT_EQ(transport.requests.size(), 1u);
}

TEST_F(CreateOnceTest, ReportsThatItCannotTellWhoseItIs) {
  transport.expect(Reply::broken());
  transport.expect(Reply(409, kExists));
  transport.expect(Reply(403, status(403, "Forbidden", "no get")));
  EXPECT_TRUE(create(true).error().isForbidden());
}

// --- The time a request has, as the server is told ---

TEST_F(ClientTest, TellsTheServerHowLongItWaits) {
  transport.handle([](const HttpRequest& request) {
    EXPECT_THAT(request.target, EndsWith("timeout=30s"));
    return Reply(200, "{}");
  });
  ASSERT_TRUE(client.get(kBackup, unbounded()));
  ASSERT_TRUE(client.create(kBackup, object(), Idempotency::kYes, unbounded()));
  ASSERT_TRUE(client.remove(kBackup, {}, unbounded()));
}

TEST_F(ClientTest, TellsTheServerWhatIsLeftOfItsDeadlineRoundedUp) {
  for (const auto& [left, told] : {std::pair{milliseconds(9001), "10s"},
                                   {milliseconds(9000), "9s"},
                                   {milliseconds(1), "1s"},
                                   {milliseconds(60000), "30s"}}) {
    transport.expect(Reply(200, "{}"));
    ASSERT_TRUE(client.get(kBackup, within(left)));
    EXPECT_EQ(transport.timeouts.back(), told);
  }
}

TEST_F(ClientTest, TellsTheServerAnewInEachAttempt) {
  transport.expect(Reply(0).silence(seconds(5)).thenBreaks());
  transport.expect(Reply(200, "{}"));
  ASSERT_TRUE(client.get(kBackup, within(seconds(10))));
  EXPECT_THAT(transport.timeouts, ElementsAre("10s", "5s"));
}

// --- Conflicts of a patch that has no precondition ---

class PatchConflictTest : public ClientTest {
 protected:
  ApiResult<json::Value> patch(const char* text) {
    return client.mergePatch(kBackup, *json::parse(text), Subresource::kNone, unbounded());
  }
  const std::string kConflict = status(409, "Conflict", "the object has been modified");
};

TEST_F(PatchConflictTest, AppliesItAgain) {
  for (int i = 0; i < 4; ++i) transport.expect(Reply(409, kConflict));
  transport.expect(Reply(200, "{}"));
  EXPECT_TRUE(patch(R"({"metadata":{"labels":{"a":"b"}}})"));
  EXPECT_THAT(waits(),
              ElementsAre(milliseconds(10), milliseconds(20), milliseconds(40), milliseconds(80)));
}

TEST_F(PatchConflictTest, ReturnsTheFifth) {
  transport.handle([this](const HttpRequest&) { return Reply(409, kConflict); });
  EXPECT_TRUE(patch(R"({"spec":{}})").error().isConflict());
  EXPECT_EQ(transport.requests.size(), 5u);
}

TEST_F(PatchConflictTest, DoesNotRepeatOneWithAPrecondition) {
  for (const char* text :
       {R"({"metadata":{"resourceVersion":"5"}})", R"({"metadata":{"uid":"u"}})"}) {
    transport.expect(Reply(409, kConflict));
    EXPECT_TRUE(patch(text).error().isConflict());
  }
  EXPECT_EQ(transport.requests.size(), 2u);
}

TEST_F(PatchConflictTest, EndsAtAStop) {
  transport.handle([this](const HttpRequest&) {
    stop.request_stop();
    return Reply(409, kConflict);
  });
  EXPECT_EQ(patch("{}").error().kind, Kind::kStopped);
  EXPECT_EQ(transport.requests.size(), 1u);
}

// --- Warnings ---

TEST_F(ClientTest, CollectsAndLogsEachServerWarningOnce) {
  for (int i = 0; i < 2; ++i) {
    transport.expect(Reply(200, "{}")
                         .header("warning", R"(299 - "v1beta1 is deprecated")")
                         .header("Warning", R"(299 - "unknown field \"spec.x\"")"));
    ASSERT_TRUE(client.get(kBackup, unbounded()));
  }
  EXPECT_THAT(client.serverWarnings(),
              ElementsAre("v1beta1 is deprecated", R"(unknown field "spec.x")"));
  EXPECT_EQ(log_lines.size(), 2u);
}

TEST_F(ClientTest, LogsWhichFlowSchemaThrottles) {
  transport.expect(Reply(429, "slow").header("X-Kubernetes-PF-FlowSchema-UID", "f-1"));
  transport.expect(Reply(200, "{}"));
  ASSERT_TRUE(client.get(kBackup, unbounded()));
  EXPECT_THAT(logText(), HasSubstr("f-1"));
}

}  // namespace
}  // namespace k8s
