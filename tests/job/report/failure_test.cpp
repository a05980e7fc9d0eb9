#include "job/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace job {
namespace {

using k8s::ApiError;
using testing::HasSubstr;
using testing::Not;
using Kind = ApiError::Kind;

ApiError answer(int code, const std::string& reason = "", const std::string& message = "") {
  ApiError error;
  error.kind = Kind::kStatus;
  error.code = code;
  error.reason = reason;
  error.message = message;
  error.verb = "create";
  error.resource = "backups.postgresql.cnpg.io";
  error.name_space = "noobaa";
  return error;
}

ApiError noAnswer(Kind kind) {
  ApiError error = answer(0);
  error.kind = kind;
  error.message = "why not";
  return error;
}

ExitCode codeOf(const ApiError& error) {
  return failureOf(error, "create the Backup").code;
}
std::string messageOf(const ApiError& error) {
  return failureOf(error, "create the Backup").message;
}

TEST(FailureTest, ForbiddenNamesVerbResourceAndNamespace) {
  const ApiError error = answer(403, "Forbidden", "User \"x\" cannot create resource");
  EXPECT_EQ(codeOf(error), ExitCode::kForbidden);
  EXPECT_THAT(messageOf(error), HasSubstr("can't create the Backup: forbidden: may not create "
                                          "backups.postgresql.cnpg.io in namespace noobaa: grant "
                                          "verb create on resource backups of API group "
                                          "\"postgresql.cnpg.io\""));
  EXPECT_THAT(messageOf(error), HasSubstr("User \"x\" cannot create resource"));
}

TEST(FailureTest, ForbiddenNamesASubresourceAsRbacDoes) {
  ApiError error = answer(403, "Forbidden");
  error.verb = "patch";
  error.resource = "noobaas/status.noobaa.io";
  EXPECT_THAT(messageOf(error),
              HasSubstr("verb patch on resource noobaas/status of API group \"noobaa.io\""));
}

TEST(FailureTest, ForbiddenOutsideANamespaceSaysSo) {
  ApiError error = answer(403, "Forbidden");
  error.name_space = "";
  error.resource = "storageclasses.storage.k8s.io";
  EXPECT_THAT(messageOf(error), HasSubstr("in the whole cluster"));
}

TEST(FailureTest, UnauthorizedIsForbiddenToo) {
  const ApiError error = answer(401, "Unauthorized");
  EXPECT_EQ(codeOf(error), ExitCode::kForbidden);
  EXPECT_THAT(messageOf(error), HasSubstr("backups.postgresql.cnpg.io in namespace noobaa"));
}

TEST(FailureTest, AMissingApiIsConfiguration) {
  const ApiError error = answer(404, "", "404 page not found");
  EXPECT_EQ(codeOf(error), ExitCode::kConfiguration);
  EXPECT_THAT(messageOf(error), HasSubstr("does not serve backups.postgresql.cnpg.io"));
  EXPECT_THAT(messageOf(error), HasSubstr("CRD is not installed"));
}

TEST(FailureTest, AMissingObjectIsConfigurationAndNamed) {
  ApiError error = answer(404, "NotFound", "noobaas.noobaa.io \"noobaa\" not found");
  error.resource = "noobaas.noobaa.io";
  error.name = "noobaa";
  error.details_name = "noobaa";
  EXPECT_EQ(codeOf(error), ExitCode::kConfiguration);
  EXPECT_THAT(messageOf(error),
              HasSubstr("there is no noobaas.noobaa.io \"noobaa\" in namespace noobaa"));
}

TEST(FailureTest, WhatTheServerRefusesForGoodIsConfigurationInItsWords) {
  for (const int code : {400, 405, 413, 415, 422}) {
    const ApiError error = answer(code, "Invalid", "spec.method: Unsupported value");
    EXPECT_EQ(codeOf(error), ExitCode::kConfiguration) << code;
    EXPECT_THAT(messageOf(error), HasSubstr("spec.method: Unsupported value"));
  }
}

TEST(FailureTest, WhatMayPassByItselfIsUnavailable) {
  for (const int code : {409, 410, 429, 500, 502, 503, 504}) {
    EXPECT_EQ(codeOf(answer(code)), ExitCode::kUnavailable) << code;
  }
  EXPECT_EQ(codeOf(noAnswer(Kind::kUnreachable)), ExitCode::kUnavailable);
  EXPECT_EQ(codeOf(noAnswer(Kind::kMalformed)), ExitCode::kUnavailable);
}

TEST(FailureTest, DistrustProxiesAndCredentialsAreConfiguration) {
  EXPECT_EQ(codeOf(noAnswer(Kind::kProxy)), ExitCode::kConfiguration);
  EXPECT_EQ(codeOf(noAnswer(Kind::kUntrusted)), ExitCode::kConfiguration);
  EXPECT_EQ(codeOf(noAnswer(Kind::kCredentials)), ExitCode::kConfiguration);
}

TEST(FailureTest, TimeoutsAndStopsHaveTheirOwnCodes) {
  EXPECT_EQ(codeOf(noAnswer(Kind::kTimeout)), ExitCode::kTimedOut);
  EXPECT_EQ(codeOf(noAnswer(Kind::kStopped)), ExitCode::kInterrupted);
}

TEST(FailureTest, EveryMessageIsOneLineThatSaysWhatWasTried) {
  const std::string nasty = "first\nsecond\x1b[31m";
  for (const int code : {400, 401, 403, 404, 422, 500}) {
    const std::string message = messageOf(answer(code, "Some", nasty));
    EXPECT_THAT(message, HasSubstr("can't create the Backup: "));
    EXPECT_THAT(message, Not(HasSubstr("\n")));
    EXPECT_THAT(message, Not(HasSubstr("\x1b")));
  }
}

TEST(ExitCodesTest, EachCodeIsListedOnceWithAMeaning) {
  std::set<ExitCode> seen;
  for (const auto& [code, meaning] : kExitCodes) {
    EXPECT_TRUE(seen.insert(code).second) << static_cast<int>(code);
    EXPECT_FALSE(meaning.empty());
  }
  EXPECT_EQ(seen.size(), 13U);
}

}  // namespace
}  // namespace job
