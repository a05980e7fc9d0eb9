#include "common/k8s/transport/plugin_credentials.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "common/json/write.h"
#include "common/time/rfc3339.h"
#include "tests/support/child_process.h"
#include "tests/support/fake_clock.h"
#include "tests/support/test_certificates.h"

namespace testing_support {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Kind = k8s::TransportError::Kind;
using Result = tl::expected<k8s::Credentials, k8s::TransportError>;

/// A plugin that counts its runs, keeps what it was given and answers with what the test has put.
class PluginCredentialsTest : public ::testing::Test {
 protected:
  PluginCredentialsTest() {
    plugin_.label = "kubeconfig /c, user u";
    plugin_.api_version = "client.authentication.k8s.io/v1";
    plugin_.command = folder_.put("plugin",
                                  "#!/bin/sh\n"
                                  "echo run >>\"$FOLDER/runs\"\n"
                                  "echo \"$KUBERNETES_EXEC_INFO\" >\"$FOLDER/info\"\n"
                                  "echo \"$OURS $ITS\" >\"$FOLDER/variables\"\n"
                                  "cat \"$FOLDER/reply\" 2>/dev/null\n");
    ::chmod(plugin_.command.c_str(), 0700);
    environment_ = {{"PATH", "/usr/bin:/bin"},
                    {"FOLDER", folder_.path("")},
                    {"OURS", "ours"},
                    {"ITS", "ours"},
                    {"KUBERNETES_EXEC_INFO", "ours"}};
  }

  void answerWith(json::Object status) const {
    folder_.put("reply", json::write(json::Object{{"apiVersion", plugin_.api_version},
                                                  {"kind", "ExecCredential"},
                                                  {"status", std::move(status)}}));
  }
  void answerWithToken(const std::string& token) const { answerWith({{"token", token}}); }
  void answerWithToken(const std::string& token, std::chrono::seconds good_for) const {
    answerWith({{"token", token},
                {"expirationTimestamp", timing::formatRfc3339(clock_.now() + good_for)}});
  }
  void fail() const { std::filesystem::remove(folder_.path("reply")); }

  Result current() {
    if (!source_) source_.emplace(plugin_, environment_);
    const k8s::Interruption interruption(clock_, deadline_, stop_.get_token());
    return source_->current(interruption);
  }
  std::string token() {
    const Result result = current();
    return result ? result->token : "error: " + result.error().message;
  }
  void expectUnusable(const std::string& reason) {
    const Result result = current();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, Kind::kCredentials);
    EXPECT_FALSE(result.error().sent);
    EXPECT_THAT(result.error().message, AllOf(StartsWith("kubeconfig /c, user u: "),
                                              HasSubstr("plugin"), HasSubstr(reason)));
  }

  std::string content(const std::string& name) const {
    std::ifstream file(folder_.path(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }
  long runs() const {
    const std::string lines = content("runs");
    return std::count(lines.begin(), lines.end(), '\n');
  }

  ScratchFolder folder_;
  FakeClock clock_{timing::Instant(1'700'000'000s)};
  timing::Deadline deadline_ = timing::Deadline::never();
  std::stop_source stop_;
  k8s::ExecPlugin plugin_;
  std::map<std::string, std::string> environment_;
  std::optional<k8s::PluginCredentials> source_;
};

TEST_F(PluginCredentialsTest, AreMadeOnceWhereTheyDoNotExpire) {
  answerWithToken("first");
  EXPECT_EQ(token(), "first");
  clock_.advance(1000h);
  EXPECT_EQ(token(), "first");
  EXPECT_EQ(runs(), 1);
}

TEST_F(PluginCredentialsTest, AreMadeAnewAFewSecondsBeforeTheyExpire) {
  answerWithToken("first", 60s);
  EXPECT_EQ(token(), "first");
  answerWithToken("second");
  clock_.advance(54s);
  EXPECT_EQ(token(), "first");
  clock_.advance(1s);
  EXPECT_EQ(token(), "second");
  EXPECT_EQ(runs(), 2);
}

TEST_F(PluginCredentialsTest, AreMadeAnewOnceAfterARefusal) {
  answerWithToken("first");
  EXPECT_EQ(token(), "first");
  answerWithToken("second");
  source_->refuse(*current());
  EXPECT_EQ(token(), "second");
  EXPECT_EQ(token(), "second");
  EXPECT_EQ(runs(), 2);
}

TEST_F(PluginCredentialsTest, GoodOnesServeOnWhenThePluginFails) {
  answerWithToken("first", 60s);
  EXPECT_EQ(token(), "first");
  fail();
  source_->refuse(*current());
  EXPECT_EQ(token(), "first");
  EXPECT_EQ(runs(), 2);
  clock_.advance(56s);  // due, but not expired
  EXPECT_EQ(token(), "first");
  EXPECT_EQ(runs(), 3);
}

TEST_F(PluginCredentialsTest, FailedRenewalIsNotRepeatedUntilTheNextRefusal) {
  answerWithToken("first");
  EXPECT_EQ(token(), "first");
  fail();
  source_->refuse(*current());
  EXPECT_EQ(token(), "first");
  EXPECT_EQ(token(), "first");
  EXPECT_EQ(runs(), 2);
}

TEST_F(PluginCredentialsTest, ExpiredOnesDoNotServeOn) {
  answerWithToken("first", 60s);
  EXPECT_EQ(token(), "first");
  fail();
  clock_.advance(60s);
  const Result result = current();
  ASSERT_FALSE(result);
  // What went well once is worth waiting for.
  EXPECT_EQ(result.error().kind, Kind::kConnect);
  EXPECT_THAT(result.error().message, HasSubstr("exited with 1"));
}

TEST_F(PluginCredentialsTest, PluginThatTakesLongerThanARequestIsWaitedForByTheNext) {
  const std::string gate = folder_.path("gate");
  ::mkfifo(gate.c_str(), 0600);
  const int writer = ::open(gate.c_str(), O_RDWR | O_CLOEXEC);
  answerWithToken("slow");
  const std::string started = folder_.path("started");
  ::mkfifo(started.c_str(), 0600);
  plugin_.command = folder_.put("slow", "#!/bin/sh\necho run >>\"$FOLDER/runs\"\necho >" + started +
                                            "\nread line <" + gate + "\ncat \"$FOLDER/reply\"\n");
  ::chmod(plugin_.command.c_str(), 0700);
  deadline_ = timing::Deadline::in(clock_, 1s);
  const std::jthread time([&] {
    std::ifstream(started).get();
    clock_.advance(1s);
  });
  const Result first = current();
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().kind, Kind::kTimeout);

  ASSERT_EQ(::write(writer, "go\n", 3), 3);
  deadline_ = timing::Deadline::never();
  EXPECT_EQ(token(), "slow");
  EXPECT_EQ(runs(), 1);
  ::close(writer);
}

TEST_F(PluginCredentialsTest, PluginKnowsWhatItIsAskedFor) {
  answerWithToken("first");
  plugin_.cluster_info = json::Object{{"server", "https://a"}};
  EXPECT_EQ(token(), "first");
  EXPECT_EQ(content("info"), k8s::execInfoFor(plugin_) + "\n");
}

TEST_F(PluginCredentialsTest, PluginsOwnEnvironmentBeatsOurs) {
  answerWithToken("first");
  plugin_.environment = {{"ITS", "its"}, {"KUBERNETES_EXEC_INFO", "its"}};
  EXPECT_EQ(token(), "first");
  EXPECT_EQ(content("variables"), "ours its\n");
  EXPECT_EQ(content("info"), k8s::execInfoFor(plugin_) + "\n");
}

// As client-go has it: the kubeconfig's PATH is the plugin's, not ours.
TEST_F(PluginCredentialsTest, PluginIsLookedUpInOurPath) {
  answerWithToken("first");
  plugin_.command = "plugin";
  plugin_.environment = {{"PATH", "/bin"}};
  environment_["PATH"] = folder_.path("");
  EXPECT_EQ(token(), "first");
}

TEST_F(PluginCredentialsTest, FailureOfThePluginNamesEntryAndCommandAndMayPass) {
  fail();
  const Result result = current();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Kind::kConnect);
  EXPECT_FALSE(result.error().sent);
  EXPECT_EQ(result.error().message, "kubeconfig /c, user u: the credential plugin \"" +
                                        plugin_.command +
                                        "\" exited with 1 (what it writes to stderr is shown on a "
                                        "terminal only, as it may hold secrets)");
}

TEST_F(PluginCredentialsTest, MissingPluginDoesNotPass) {
  plugin_.command = "no-such-plugin";
  expectUnusable("is in no folder of PATH");
}

TEST_F(PluginCredentialsTest, HintIsShownWhereThePluginIsMissing) {
  plugin_.command = "no-such-plugin";
  plugin_.install_hint = "Get it:\n\n  \x1b[1mbrew\x1b[0m install \x1bMit\r\n\x07";
  const Result result = current();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message,
            "kubeconfig /c, user u: the credential plugin \"no-such-plugin\" is in no folder of "
            "PATH. Get it: brew install it");
}

TEST_F(PluginCredentialsTest, HintStaysAwayWhereThePluginFails) {
  fail();
  plugin_.install_hint = "Get it";
  const Result result = current();
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, Not(HasSubstr("Get it")));
}

TEST_F(PluginCredentialsTest, HintThatEndsWithinAnEscapeIsCutThere) {
  plugin_.command = "no-such-plugin";
  for (const char* hint : {"x\x1b", "x\x1b[", "x\x1b[1;3"}) {
    plugin_.install_hint = hint;
    source_.reset();
    expectUnusable("PATH. x");
  }
}

TEST_F(PluginCredentialsTest, UnusableReplyIsNotQuoted) {
  folder_.put("reply", "secret");
  expectUnusable("gave no credentials: its output is not JSON");
  EXPECT_THAT(token(), Not(HasSubstr("secret")));
}

TEST_F(PluginCredentialsTest, GiveCertificateWithItsKey) {
  const CertificateAndKey pair = TestCertificateAuthority().issue({});
  answerWith({{"clientCertificateData", pair.certificate_pem}, {"clientKeyData", pair.key_pem}});
  const Result result = current();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(*result, (k8s::Credentials{.client_certificate_pem = pair.certificate_pem,
                                       .client_key_pem = pair.key_pem}));
}

TEST_F(PluginCredentialsTest, RefuseKeyOfAnotherCertificate) {
  const TestCertificateAuthority authority;
  answerWith({{"clientCertificateData", authority.issue({}).certificate_pem},
              {"clientKeyData", authority.issue({}).key_pem}});
  expectUnusable("the client key does not belong to the client certificate");
}

TEST_F(PluginCredentialsTest, StopIsAStopWhateverServesOn) {
  answerWithToken("first");
  EXPECT_EQ(token(), "first");
  source_->refuse(*current());
  stop_.request_stop();
  const Result result = current();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Kind::kStopped);
  EXPECT_FALSE(result.error().sent);
}

TEST_F(PluginCredentialsTest, RefusalOfThoseBeforeTheLastRenewsNothing) {
  answerWithToken("first");
  const auto first = current();
  ASSERT_TRUE(first);
  source_->refuse(*first);
  answerWithToken("second");
  EXPECT_EQ(token(), "second");
  source_->refuse(*first);
  EXPECT_EQ(token(), "second");
  EXPECT_EQ(runs(), 2);
}

TEST_F(PluginCredentialsTest, DeadlineIsATimeoutThatLeavesTheRenewalDue) {
  answerWithToken("first");
  EXPECT_EQ(token(), "first");
  source_->refuse(*current());
  deadline_ = timing::Deadline::in(clock_, 0s);
  const Result result = current();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Kind::kTimeout);
  deadline_ = timing::Deadline::never();
  answerWithToken("second");
  EXPECT_EQ(token(), "second");
}

}  // namespace
}  // namespace testing_support
