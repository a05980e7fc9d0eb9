#include "job/cli/pushgateway_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "job/cli/flags.h"

namespace job {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

PushgatewayUrl parsed(const std::string& text) {
  const auto url = parsePushgatewayUrl(text);
  EXPECT_TRUE(url) << text << ": " << (url ? "" : url.error());
  return url.value_or(PushgatewayUrl());
}

std::string refusalOf(const std::string& text) {
  const auto url = parsePushgatewayUrl(text);
  EXPECT_FALSE(url) << text;
  return url ? "" : url.error();
}

TEST(PushgatewayUrlTest, HasTheSchemesPortWhereNoneIsGiven) {
  EXPECT_EQ(parsed("http://pushgateway.monitoring").port, 80);
  EXPECT_EQ(parsed("https://pushgateway.monitoring").port, 443);
  EXPECT_EQ(parsed("HTTP://pushgateway.monitoring:9091").port, 9091);
  EXPECT_TRUE(parsed("HTTPS://pushgateway.monitoring").encrypted);
}

TEST(PushgatewayUrlTest, KeepsAPathInFrontWithoutItsLastSlash) {
  EXPECT_EQ(parsed("http://proxy/push/gateway/").prefix, "/push/gateway");
  EXPECT_EQ(parsed("http://proxy/").prefix, "");
}

TEST(PushgatewayUrlTest, TakesAnIpv6AddressOutOfItsBrackets) {
  const PushgatewayUrl url = parsed("http://[fd00::1]:9091");
  EXPECT_EQ(url.host, "fd00::1");
  EXPECT_EQ(url.authority, "[fd00::1]:9091");
}

TEST(PushgatewayUrlTest, DecodesUserAndPassword) {
  EXPECT_EQ(parsed("http://user:pass%40word%3a@host").credentials, "user:pass@word:");
  EXPECT_EQ(parsed("http://user@host").credentials, "user:");
  EXPECT_EQ(parsed("http://host").credentials, "");
  EXPECT_EQ(parsed("http://a@b:c@host").host, "host");
}

TEST(PushgatewayUrlTest, IsShownWithoutThem) {
  EXPECT_EQ(parsed("https://user:password@host:9091/prefix/").address(),
            "https://host:9091/prefix");
}

TEST(PushgatewayUrlTest, RefusesWhatIsNoAddressAndQuotesNothingOfIt) {
  for (const char* text :
       {"", "secret", "secret:9091", "ftp://secret", "http://", "http://user:secret@",
        "http://secret:0", "http://secret:70000", "http://secret:x", "http://fd00::secret",
        "http://user:secret@host?query", "http://user:secret@host/#fragment",
        "http://user:secret%4@host", "http://user:secret%zz@host", "http://:secret@host",
        "http://a%3ab:secret@host", "http://user:sec ret@host", "http://user:secret@host\r\nX: y",
        "http://user:sec/ret@host"}) {
    EXPECT_THAT(refusalOf(text), AllOf(HasSubstr("http://pushgateway.monitoring:9091"),
                                       Not(HasSubstr("secret")), Not(HasSubstr("user:"))))
        << text;
  }
}

TEST(PushgatewayFlagTest, IsNotQuotedWhenItIsWrong) {
  const auto by_flag = readSettings({"run", "--pushgateway", "http://user:secret@host:x"}, {});
  ASSERT_FALSE(by_flag);
  EXPECT_THAT(by_flag.error(),
              AllOf(HasSubstr("flag --pushgateway"), HasSubstr("port"), Not(HasSubstr("secret"))));
  const auto by_variable = readSettings({}, {{"NOOBAA_DB_BACKUP_PUSHGATEWAY", "user:secret@host"}});
  ASSERT_FALSE(by_variable);
  EXPECT_THAT(by_variable.error(),
              AllOf(HasSubstr("NOOBAA_DB_BACKUP_PUSHGATEWAY"), Not(HasSubstr("secret"))));
}

}  // namespace
}  // namespace job
