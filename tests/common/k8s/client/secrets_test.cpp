#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/json/parse.h"
#include "tests/common/k8s/client/client_fixture.h"

namespace k8s {
namespace {

using std::chrono::hours;
using testing::HasSubstr;
using testing::Not;
using testing_support::Reply;

/// What a client that reads and writes Secrets leaves in its log.
class SecretsTest : public testing_support::ClientFixture {
 protected:
  SecretsTest() : ClientFixture(defaults(), logging::Level::kDebug) {}

  void expectNothingTold(const std::string& more = {}) const {
    EXPECT_THAT(logText() + more, Not(HasSubstr(kToken)));
    EXPECT_THAT(logText() + more, Not(HasSubstr(kToken.substr(0, 8))));
  }

  const ObjectRef kSecret{{"", "v1", "secrets", "Secret"}, "noobaa", "db"};
  const std::string kToken = "ZXlKaGJHY2lPaUpTVXpJMU5pSjkueHh4";
  const std::string kText = R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"db",)"
                            R"("resourceVersion":"5"},"data":{"token":")" +
                            kToken + R"("}})";
  const json::Value kObject = *json::parse(kText);
};

TEST_F(SecretsTest, LogsNoneOfWhatItReadsAndWrites) {
  transport.handle([this](const HttpRequest&) { return Reply(200, kText); });
  EXPECT_TRUE(client.get(kSecret, unbounded()));
  EXPECT_TRUE(client.create(kSecret, kObject, Idempotency::kYes, unbounded()));
  EXPECT_TRUE(client.mergePatch(kSecret, kObject, Subresource::kNone, unbounded()));
  EXPECT_TRUE(client.replace(kSecret, kObject, unbounded()));
  EXPECT_TRUE(client.remove(kSecret, {}, unbounded()));
  EXPECT_EQ(log_lines.size(), 5u);
  expectNothingTold();
}

TEST_F(SecretsTest, LogsNoneOfAWriteThatFailsAndIsRepeated) {
  transport.handle([this, n = 0](const HttpRequest&) mutable {
    switch (++n % 5) {
      case 1:
        return Reply(500, "oops");
      case 2:
        return Reply(429, status(429, "TooManyRequests", "slow"));
      case 3:
        return Reply::broken();
      case 4:
        return Reply(200, kText.substr(0, kText.size() - 1));  // cut
      default:
        return Reply(409, status(409, "Conflict", "changed"));
    }
  });
  const auto created = client.create(kSecret, kObject, Idempotency::kYes, unbounded());
  const auto patched = client.mergePatch(kSecret, kObject, Subresource::kNone, unbounded());
  ASSERT_FALSE(created);
  ASSERT_FALSE(patched);
  EXPECT_THAT(logText(), HasSubstr("will be tried again"));
  expectNothingTold(created.error().describe() + patched.error().describe());
}

TEST_F(SecretsTest, LogsNoneOfAnAnswerCutAnywhere) {
  ClientOptions options = defaults();
  options.retry.max_attempts = 2;
  Client impatient = clientWith(options);
  for (std::size_t length = 1; length < kText.size(); ++length) {
    transport.handle([&](const HttpRequest&) { return Reply(200, kText.substr(0, length)); });
    const auto got = impatient.get(kSecret, unbounded());
    ASSERT_FALSE(got);
    expectNothingTold(got.error().describe());
    log_lines.clear();
  }
}

TEST_F(SecretsTest, LogsNoneOfAListOrWatchThatCannotBeRead) {
  ClientOptions options = defaults();
  options.retry.max_attempts = 2;
  Client impatient = clientWith(options);
  const std::string list = R"({"metadata":{"resourceVersion":"5"},"items":[)" + kText;
  const std::string event = R"({"type":"ADDED","object":)" + kText + "}";
  std::string version = "5";
  std::string told;
  for (const char* end : {"", "]", "x", "]}x"}) {
    transport.handle([&](const HttpRequest&) { return Reply(200, list + end); });
    if (auto listed = impatient.list(kSecret, {}, unbounded()); !listed) {
      told += listed.error().describe();
    }
    transport.handle([&](const HttpRequest&) { return Reply(200, event + end + "\n"); });
    const auto watched = impatient.watchOnce(
        kSecret, {}, version, [](const WatchEvent&) { return true; }, within(hours(1)));
    if (!watched) told += watched.error().describe();
  }
  EXPECT_THAT(told, HasSubstr("unusable answer"));
  expectNothingTold(told);
}

/// A server that says what it was sent to let us in.
class RepeatedTokenTest : public SecretsTest {
 protected:
  RepeatedTokenTest() { transport.secret = kToken; }
  void expectHidden(const std::string& more) const {
    expectNothingTold(more);
    EXPECT_THAT(logText() + more, HasSubstr("***"));
  }
  std::string refusal() const {
    return R"({"kind":"Status","status":"Failure","code":403,"reason":"no )" + kToken +
           R"(","message":"not )" + kToken + R"(","details":{"name":")" + kToken +
           R"(","causes":[{"field":")" + kToken + R"(","reason":")" + kToken +
           R"(","message":"because of )" + kToken + R"("}]}})";
  }
};

TEST_F(RepeatedTokenTest, IsHiddenInEveryPartOfAnError) {
  transport.expect(Reply(403, refusal()));
  const auto got = client.get(kSecret, unbounded());
  ASSERT_FALSE(got);
  expectHidden(got.error().describe());
  EXPECT_EQ(got.error().reason, "no ***");
  EXPECT_EQ(got.error().details_name, "***");
  EXPECT_EQ(got.error().causes.at(0).reason, "***");
}

TEST_F(RepeatedTokenTest, IsHiddenBeforeAForeignAnswerIsCut) {
  for (std::size_t before = 2048 - kToken.size(); before < 2048; ++before) {
    transport.expect(Reply(403, std::string(before, '.') + kToken));
    const auto got = client.get(kSecret, unbounded());
    ASSERT_FALSE(got);
    EXPECT_THAT(got.error().describe(), Not(HasSubstr(kToken.substr(0, 1))));
  }
}

TEST_F(RepeatedTokenTest, IsHiddenInWarningsAndHints) {
  transport.expect(Reply(200, "{}").header("Warning", "299 - \"you sent " + kToken + "\""));
  EXPECT_TRUE(client.get(kSecret, unbounded()));
  expectHidden(client.serverWarnings().at(0));
  transport.expect(Reply(429, status(429, "TooManyRequests", "slow"))
                       .header("X-Kubernetes-PF-FlowSchema-UID", kToken));
  transport.expect(Reply(200, "{}"));
  EXPECT_TRUE(client.get(kSecret, unbounded()));
  expectHidden({});
}

TEST_F(RepeatedTokenTest, IsHiddenInTheErrorOfAWatch) {
  std::string version = "5";
  transport.expect(Reply(200, R"({"type":"ERROR","object":)" + refusal() + "}\n"));
  const auto watched = client.watchOnce(
      kSecret, {}, version, [](const WatchEvent&) { return true; }, within(hours(1)));
  ASSERT_FALSE(watched);
  expectHidden(watched.error().describe());
}

}  // namespace
}  // namespace k8s
