#include <mutex>

#include "tests/common/k8s/transport/transport_fixture.h"

namespace testing_support {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class CredentialsTest : public TransportTest {
 protected:
  void TearDown() override { server_.reset(); }  // its scripts use what is here

  void writeToken(const std::string& token) { files_["/token"] = token; }

  /// Answers by `status_for`, which is given the token; notes the tokens.
  void serveTokens(const std::function<int(const std::string&)>& status_for) {
    serve([this, status_for](TlsPeer& peer, int) {
      while (const auto request = peer.readRequest()) {
        const std::string token = tokenIn(*request);
        {
          const std::lock_guard lock(mutex_);
          tokens_.push_back(token);
        }
        peer.respond("status " + std::to_string(status_for(token)), status_for(token));
      }
    });
    connection_.token.clear();
    connection_.token_file = "/token";
  }

  std::vector<std::string> tokens() {
    const std::lock_guard lock(mutex_);
    return tokens_;
  }

 private:
  static std::string tokenIn(const std::string& request) {
    const std::string key = "Authorization: Bearer ";
    const std::size_t at = request.find(key);
    if (at == std::string::npos) return "none";
    const std::size_t begin = at + key.size();
    return request.substr(begin, request.find("\r\n", begin) - begin);
  }

  std::mutex mutex_;
  std::vector<std::string> tokens_;
};

int alwaysOk(const std::string&) {
  return 200;
}
int onlySecond(const std::string& token) {
  return token == "second" ? 200 : 401;
}

TEST_F(CredentialsTest, TokenFileIsReadAgainAfterFiftySeconds) {
  serveTokens(alwaysOk);
  writeToken("first\n");
  EXPECT_THAT(get(), Succeeds());
  writeToken("second\n");
  clock_.advance(49s);
  EXPECT_THAT(get(), Succeeds());
  clock_.advance(1s);
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(tokens(), ElementsAre("first", "first", "second"));
}

TEST_F(CredentialsTest, TokenFileIsReadAgainAfter401AndTheRequestRepeated) {
  serveTokens(onlySecond);
  writeToken("first");
  EXPECT_THAT(get(), Succeeds());  // caches the first
  EXPECT_EQ(sink_.head.status, 401);
  writeToken("second");
  sink_ = RecordingSink();
  EXPECT_THAT(send({"POST", "/x", {}, "body"}), Succeeds());
  EXPECT_EQ(sink_.heads, 1);
  EXPECT_EQ(sink_.head.status, 200);
  EXPECT_EQ(sink_.body, "status 200");
  EXPECT_THAT(tokens(), ElementsAre("first", "first", "first", "second"));
  EXPECT_EQ(server_->connections(), 1);
}

TEST_F(CredentialsTest, Second401IsDelivered) {
  serveTokens([](const std::string&) { return 401; });
  writeToken("first");
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(sink_.heads, 1);
  EXPECT_EQ(sink_.head.status, 401);
  EXPECT_EQ(sink_.body, "status 401");
  EXPECT_THAT(tokens(), ElementsAre("first", "first"));
}

TEST_F(CredentialsTest, Fixed401IsDeliveredAtOnce) {
  serveTokens([](const std::string&) { return 401; });
  connection_.token_file.clear();
  connection_.token = "fixed";
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(sink_.head.status, 401);
  EXPECT_THAT(tokens(), ElementsAre("fixed"));
}

TEST_F(CredentialsTest, LastGoodTokenServesWhileTheFileIsEmpty) {
  serveTokens(alwaysOk);
  writeToken("first");
  EXPECT_THAT(get(), Succeeds());
  writeToken("");
  clock_.advance(51s);
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(tokens(), ElementsAre("first", "first"));
}

TEST_F(CredentialsTest, FileBeatsFixedToken) {
  serveTokens(alwaysOk);
  writeToken("from-file");
  connection_.token = "fixed";
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(tokens(), ElementsAre("from-file"));
}

TEST_F(CredentialsTest, EmptyFileAtFirstReadFailsWithoutConnecting) {
  serveTokens(alwaysOk);
  const Result result = get();
  ASSERT_THAT(result, FailsWith(Kind::kCredentials));
  EXPECT_FALSE(result.error().sent);
  EXPECT_THAT(result.error().message, HasSubstr(connection_.token_file));
  EXPECT_EQ(server_->connections(), 0);
}

TEST_F(CredentialsTest, TokenWithLineBreakIsRefusedAndNotQuoted) {
  serveTokens(alwaysOk);
  writeToken("secret\r\nX-Evil: 1");
  const Result result = get();
  ASSERT_THAT(result, FailsWith(Kind::kCredentials));
  EXPECT_THAT(result.error().message, Not(HasSubstr("secret")));
}

TEST_F(CredentialsTest, NoErrorNamesTheToken) {
  serve([](TlsPeer& peer, int) {
    peer.readRequest();
    peer.closeAbruptly();
  });
  const Result result = get();
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, Not(HasSubstr("the-token")));
}

}  // namespace
}  // namespace testing_support
