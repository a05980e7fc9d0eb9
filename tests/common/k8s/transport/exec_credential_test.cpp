#include "common/k8s/transport/exec_credential.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace k8s {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kV1 = "client.authentication.k8s.io/v1";

ExecPlugin plugin(const std::string& api_version = kV1) {
  ExecPlugin plugin;
  plugin.api_version = api_version;
  return plugin;
}

/// A reply of v1 with this as its status.
std::string replyWith(const std::string& status) {
  return R"({"kind":"ExecCredential","apiVersion":")" + std::string(kV1) + R"(","status":)" +
         status + "}";
}

void expectRefused(const std::string& text, const std::string& reason) {
  const auto reply = parseExecReply(text, plugin());
  ASSERT_FALSE(reply) << text;
  EXPECT_THAT(reply.error(), HasSubstr(reason));
  EXPECT_THAT(reply.error(), Not(HasSubstr("secret"))) << "quotes what may be a secret";
}

TEST(ExecInfoTest, SaysThatNobodyCanBeAsked) {
  EXPECT_EQ(
      execInfoFor(plugin()),
      R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}})");
}

TEST(ExecInfoTest, HasTheClusterWhereItIsAskedFor) {
  ExecPlugin asking = plugin("client.authentication.k8s.io/v1beta1");
  asking.cluster_info = json::Object{{"server", "https://a"}};
  EXPECT_EQ(
      execInfoFor(asking),
      R"({"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","spec":{"interactive":false,"cluster":{"server":"https://a"}}})");
}

TEST(ExecReplyTest, GivesToken) {
  const auto reply = parseExecReply(replyWith(R"({"token":"abc"})"), plugin());
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->credentials, (Credentials{.token = "abc"}));
  EXPECT_EQ(reply->expires, std::nullopt);
}

TEST(ExecReplyTest, GivesCertificateAndKey) {
  const auto reply = parseExecReply(
      replyWith(R"({"clientCertificateData":"cert","clientKeyData":"key","token":null})"),
      plugin());
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->credentials,
            (Credentials{.client_certificate_pem = "cert", .client_key_pem = "key"}));
}

TEST(ExecReplyTest, GivesExpiration) {
  const auto reply = parseExecReply(
      replyWith(R"({"token":"abc","expirationTimestamp":"2025-01-15T10:20:30+01:00"})"), plugin());
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->expires, timing::Instant(std::chrono::seconds(1'736'932'830)));
}

TEST(ExecReplyTest, RefusesExpirationThatIsNoTime) {
  for (const char* time : {"\"secret\"", "\"\"", "\"2025-01-15\"", "\"2025-01-15 10:20:30Z\""}) {
    expectRefused(replyWith(R"({"token":"abc","expirationTimestamp":)" + std::string(time) + "}"),
                  "expirationTimestamp");
  }
}

TEST(ExecReplyTest, RefusesAnotherVersionThanAskedFor) {
  const std::string beta =
      R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1",)"
      R"("status":{"token":"secret"}})";
  expectRefused(beta, "is not of apiVersion client.authentication.k8s.io/v1,");
  EXPECT_TRUE(parseExecReply(beta, plugin("client.authentication.k8s.io/v1beta1")));
}

TEST(ExecReplyTest, RefusesAnotherKind) {
  expectRefused(
      R"({"kind":"secret","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"a"}})",
      "is not of kind ExecCredential");
  expectRefused(R"({"apiVersion":"client.authentication.k8s.io/v1","status":{"token":"a"}})",
                "is not of kind ExecCredential");
}

TEST(ExecReplyTest, RefusesReplyWithoutCredentials) {
  expectRefused(R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1"})",
                "has no status");
  expectRefused(replyWith("{}"), "neither a token nor a certificate");
  expectRefused(replyWith(R"({"token":""})"), "neither a token nor a certificate");
}

TEST(ExecReplyTest, RefusesHalfOfAPair) {
  expectRefused(replyWith(R"({"token":"secret","clientKeyData":"secret"})"), "without the other");
  expectRefused(replyWith(R"({"token":"secret","clientCertificateData":"secret"})"),
                "without the other");
}

TEST(ExecReplyTest, RefusesTokenThatFitsNoHeader) {
  for (const char* token :
       {"secret\\r\\nX-Evil: 1", "secret secret", "secret\\u0000", "s\\u00e9"}) {
    expectRefused(replyWith(R"({"token":")" + std::string(token) + "\"}"), "status.token holds");
  }
}

TEST(ExecReplyTest, RefusesWrongTypesByTheirPlaceAlone) {
  expectRefused(replyWith(R"({"token":["secret"]})"), "at .status.token");
  expectRefused(replyWith(R"("secret")"), "at .status");
}

TEST(ExecReplyTest, RefusesWhatIsNotJsonWithoutShowingIt) {
  expectRefused("secret", "is not JSON");
  expectRefused("", "is not JSON");
  expectRefused(replyWith(R"({"token":"abc"})") + "secret", "is not JSON");
}

}  // namespace
}  // namespace k8s
