#include "common/k8s/access_review.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/json/parse.h"
#include "tests/common/k8s/client/client_fixture.h"

namespace k8s {
namespace {

using testing::HasSubstr;
using testing_support::Reply;

class AccessReviewTest : public testing_support::ClientFixture {
 protected:
  ApiResult<AccessAnswer> ask(const std::string& status, const AccessQuestion& question = {}) {
    transport.expect(Reply(201, R"({"kind":"SelfSubjectAccessReview","status":)" + status + "}"));
    return reviewAccess(client, question, unbounded());
  }
  json::Value attributes() const {
    return (*json::parse(transport.requests.back().body))["spec"]["resourceAttributes"];
  }
};

TEST_F(AccessReviewTest, AsksAsRbacWouldBeAsked) {
  ASSERT_TRUE(ask(R"({"allowed":true})", {.verb = "patch",
                                          .group = "noobaa.io",
                                          .resource = "noobaas",
                                          .subresource = "status",
                                          .name_space = "noobaa",
                                          .name = "noobaa"}));
  EXPECT_EQ(transport.requests.back().method, "POST");
  EXPECT_THAT(transport.requests.back().target,
              HasSubstr("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"));
  EXPECT_EQ(attributes(), *json::parse(R"({"verb":"patch","group":"noobaa.io","resource":"noobaas",
      "subresource":"status","namespace":"noobaa","name":"noobaa"})"));
}

TEST_F(AccessReviewTest, LeavesOutWhatIsNotAsked) {
  ASSERT_TRUE(ask(R"({"allowed":true})", {.verb = "list", .resource = "nodes"}));
  EXPECT_EQ(attributes(), *json::parse(R"({"verb":"list","resource":"nodes"})"));
}

TEST_F(AccessReviewTest, ReadsTheWholeAnswer) {
  const auto answer = ask(
      R"({"allowed":false,"denied":true,"reason":"policy","evaluationError":"webhook is away"})");
  ASSERT_TRUE(answer) << answer.error().describe();
  EXPECT_FALSE(answer->allowed);
  EXPECT_TRUE(answer->denied);
  EXPECT_EQ(answer->reason, "policy");
  EXPECT_EQ(answer->evaluation_error, "webhook is away");
}

TEST_F(AccessReviewTest, TakesNothingButABooleanForAllowed) {
  for (const char* status : {"{}", R"({"allowed":"true"})", "null", "[]"}) {
    const auto answer = ask(status);
    ASSERT_FALSE(answer) << status;
    EXPECT_EQ(answer.error().kind, Kind::kMalformed);
    EXPECT_THAT(answer.error().describe(),
                HasSubstr("create selfsubjectaccessreviews.authorization.k8s.io: unusable answer"));
  }
}

TEST_F(AccessReviewTest, AsksAgainWhenTheAnswerIsLost) {
  transport.expect(Reply::broken());
  const auto answer = ask(R"({"allowed":true})");
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->allowed);
}

TEST_F(AccessReviewTest, ReturnsARefusal) {
  transport.expect(Reply(403, status(403, "Forbidden", "no reviews")));
  EXPECT_TRUE(reviewAccess(client, {}, unbounded()).error().isForbidden());
}

}  // namespace
}  // namespace k8s
