#include "common/k8s/transport/token_source.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/fake_clock.h"

namespace k8s {
namespace {

using namespace std::chrono_literals;

class TokenSourceTest : public ::testing::Test {
 protected:
  TokenSource source(const std::string& fixed = "", const std::string& file = "/token") {
    return TokenSource(fixed, file, clock_,
                       [this](const std::string& path) -> tl::expected<std::string, std::string> {
                         ++reads_;
                         const auto found = files_.find(path);
                         if (found == files_.end()) return tl::unexpected(std::string("gone"));
                         return found->second;
                       });
  }

  testing_support::FakeClock clock_{timing::Instant()};
  std::map<std::string, std::string> files_;
  int reads_ = 0;
};

TEST_F(TokenSourceTest, TrimsWhatTheFileHolds) {
  files_["/token"] = " \tabc\r\n\n";
  EXPECT_EQ(source().token(), "abc");
}

TEST_F(TokenSourceTest, ReadsOnceInFiftySeconds) {
  files_["/token"] = "abc";
  TokenSource tokens = source();
  for (int second = 0; second < 50; ++second) {
    EXPECT_EQ(tokens.token(), "abc");
    clock_.advance(1s);
  }
  EXPECT_EQ(reads_, 1);
  EXPECT_EQ(tokens.token(), "abc");
  EXPECT_EQ(reads_, 2);
}

TEST_F(TokenSourceTest, KeepsLastGoodTokenWhileTheFileIsGone) {
  files_["/token"] = "abc";
  TokenSource tokens = source();
  EXPECT_EQ(tokens.token(), "abc");
  files_.clear();
  tokens.expire();
  EXPECT_EQ(tokens.token(), "abc");
  files_["/token"] = "def";
  tokens.expire();
  EXPECT_EQ(tokens.token(), "def");
}

TEST_F(TokenSourceTest, FirstReadMustWork) {
  TokenSource tokens = source();
  EXPECT_EQ(tokens.token().error(), "the token /token can't be used: gone");
  files_["/token"] = "abc";
  EXPECT_EQ(tokens.token(), "abc");
}

TEST_F(TokenSourceTest, HasNothingToRenewWithoutAFile) {
  TokenSource tokens = source("fixed", "");
  EXPECT_EQ(tokens.token(), "fixed");
  EXPECT_FALSE(tokens.isRenewable());
  EXPECT_EQ(reads_, 0);
}

TEST_F(TokenSourceTest, NoTokenIsNoError) {
  EXPECT_EQ(source("", "").token(), "");
}

TEST_F(TokenSourceTest, RefusesFixedTokenThatIsNoHeaderWithoutQuotingIt) {
  EXPECT_EQ(source("se\ncret", "").token().error(),
            "the token can't be used: it holds blanks, control characters or other than ASCII");
}

}  // namespace
}  // namespace k8s
