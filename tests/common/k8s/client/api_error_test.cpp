#include "common/k8s/api_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/k8s/status_reply.h"

namespace k8s {
namespace {

using std::chrono::seconds;

std::string statusText(int code, const std::string& reason, const std::string& details) {
  return R"({"kind":"Status","apiVersion":"v1","status":"Failure","message":"no","reason":")" +
         reason + R"(","details":)" + details + R"(,"code":)" + std::to_string(code) + "}";
}

TEST(ApiErrorTest, DescribesVerbObjectAndAnswer) {
  const ApiError error{.code = 403,
                       .reason = "Forbidden",
                       .message = "no such right",
                       .verb = "get",
                       .resource = "backups.postgresql.cnpg.io",
                       .name_space = "noobaa",
                       .name = "backup-1"};
  EXPECT_EQ(error.describe(),
            "get backups.postgresql.cnpg.io noobaa/backup-1: 403 Forbidden: no such right");
}

TEST(ApiErrorTest, DescribesACollectionByItsNamespace) {
  const ApiError error{.kind = ApiError::Kind::kUnreachable,
                       .message = "connection refused",
                       .verb = "list",
                       .resource = "leases",
                       .name_space = "noobaa"};
  EXPECT_EQ(error.describe(), "list leases in noobaa: unreachable: connection refused");
}

TEST(ApiErrorTest, DescribesAClusterScopedObjectByItsNameAlone) {
  const ApiError error{.code = 404, .verb = "get", .resource = "namespaces", .name = "noobaa"};
  EXPECT_EQ(error.describe(), "get namespaces noobaa: 404");
}

TEST(ApiErrorTest, DescribesCausesThatTheMessageLacks) {
  const ApiError error{
      .code = 422,
      .reason = "Invalid",
      .message = "spec.size: Invalid value: 99: too large",
      .causes = {{"spec.size", "FieldValueInvalid", "Invalid value: 99: too large"},
                 {"spec.name", "FieldValueRequired", "Required value"},
                 {"", "FieldManagerConflict", ""}}};
  EXPECT_EQ(error.outcome(),
            "422 Invalid: spec.size: Invalid value: 99: too large; spec.name: Required value; "
            "FieldManagerConflict");
}

TEST(StatusReplyTest, KeepsTheCauses) {
  const ApiError error = errorOfReply({422, {}}, statusText(422, "Invalid", R"({"causes":[
      {"field":"spec.size","reason":"FieldValueInvalid","message":"too large"},
      {"message":5},"odd"]})"));
  EXPECT_THAT(error.causes,
              testing::ElementsAre(ApiError::Cause{"spec.size", "FieldValueInvalid", "too large"},
                                   ApiError::Cause{}, ApiError::Cause{}));
}

TEST(StatusReplyTest, KeepsTheStatus) {
  const ApiError error = errorOfReply(
      {429, {}}, statusText(429, "TooManyRequests", R"({"name":"a","retryAfterSeconds":7})"));
  EXPECT_EQ(error.kind, ApiError::Kind::kStatus);
  EXPECT_EQ(error.code, 429);
  EXPECT_EQ(error.reason, "TooManyRequests");
  EXPECT_EQ(error.message, "no");
  EXPECT_EQ(error.details_name, "a");
  EXPECT_EQ(error.retry_after, seconds(7));
}

TEST(StatusReplyTest, TellsAlreadyExistsFromConflictByTheReason) {
  const ApiError exists = errorOfReply({409, {}}, statusText(409, "AlreadyExists", "{}"));
  EXPECT_TRUE(exists.isAlreadyExists());
  EXPECT_FALSE(exists.isConflict());
  const ApiError conflict = errorOfReply({409, {}}, statusText(409, "Conflict", "{}"));
  EXPECT_FALSE(conflict.isAlreadyExists());
  EXPECT_TRUE(conflict.isConflict());
}

TEST(StatusReplyTest, TakesAPlainNotFoundAsAMissingApi) {
  const ApiError error = errorOfReply({404, {}}, "404 page not found\n");
  EXPECT_TRUE(error.isNotFound());
  EXPECT_TRUE(error.isApiMissing());
  EXPECT_EQ(error.reason, "UnexpectedServerResponse");
  EXPECT_EQ(error.message, "404 page not found");
}

TEST(StatusReplyTest, TakesANotFoundOfNoObjectAsAMissingApi) {
  const ApiError error = errorOfReply({404, {}}, statusText(404, "NotFound", "{}"));
  EXPECT_TRUE(error.isApiMissing());
}

TEST(StatusReplyTest, TakesANotFoundOfAnObjectAsThat) {
  const ApiError error =
      errorOfReply({404, {}}, statusText(404, "NotFound", R"({"name":"backup-1"})"));
  EXPECT_TRUE(error.isNotFound());
  EXPECT_FALSE(error.isApiMissing());
}

TEST(StatusReplyTest, CutsAForeignBodyBetweenCharacters) {
  const ApiError error = errorOfReply({502, {}}, std::string(2047, 'x') + "\xC3\xA4 and more");
  EXPECT_EQ(error.message, std::string(2047, 'x'));
}

TEST(StatusReplyTest, MarksJsonOfAnotherKindAsUnexpected) {
  const ApiError error = errorOfReply({400, {}}, R"({"kind":"Backup","message":"hm"})");
  EXPECT_EQ(error.reason, "UnexpectedServerResponse");
  EXPECT_EQ(error.message, R"({"kind":"Backup","message":"hm"})");
}

TEST(StatusReplyTest, GoesByTheHttpStatusWhenTheBodySaysOtherwise) {
  EXPECT_EQ(errorOfReply({503, {}}, statusText(200, "", "{}")).code, 503);
}

TEST(StatusReplyTest, PrefersTheHeadersHint) {
  const ApiError error = errorOfReply({429, {{"retry-after", "3"}}},
                                      statusText(429, "", R"({"retryAfterSeconds":7})"));
  EXPECT_EQ(error.retry_after, seconds(3));
}

TEST(StatusReplyTest, IgnoresHintsOtherThanWholeSeconds) {
  for (const char* hint : {"Wed, 21 Oct 2026 07:28:00 GMT", "1.5", "-1", "", "5s", " 5"}) {
    EXPECT_FALSE(errorOfReply({503, {{"Retry-After", hint}}}, "").retry_after) << hint;
  }
}

TEST(StatusReplyTest, ReadsAStatusWithFieldsOfWrongTypesAsFarAsItGoes) {
  const ApiError error =
      errorOfReply({422, {}}, R"({"kind":"Status","message":5,"reason":"Invalid","details":[]})");
  EXPECT_TRUE(error.isInvalid());
  EXPECT_EQ(error.reason, "Invalid");
  EXPECT_EQ(error.message, "");
}

}  // namespace
}  // namespace k8s
