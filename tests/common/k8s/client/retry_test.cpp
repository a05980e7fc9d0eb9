#include "common/k8s/retry.h"

#include <gtest/gtest.h>

#include <string>

namespace k8s {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

ApiError status(int code, std::optional<seconds> hint = std::nullopt) {
  return {.code = code, .retry_after = hint};
}

ApiError of(ApiError::Kind kind) {
  return {.kind = kind};
}

struct Row {
  const char* name;
  ApiError error;
  bool sent;
  bool retried_when_idempotent;
  bool retried_otherwise;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class RetryTableTest : public testing::TestWithParam<Row> {};

TEST_P(RetryTableTest, RetriesByIdempotency) {
  const Row& row = GetParam();
  const auto retried = [&](Idempotency idempotency) {
    return delayBeforeRetry({}, row.error, row.sent, idempotency, 1, 0.0).has_value();
  };
  EXPECT_EQ(retried(Idempotency::kYes), row.retried_when_idempotent);
  EXPECT_EQ(retried(Idempotency::kNo), row.retried_otherwise);
}

INSTANTIATE_TEST_SUITE_P(
    Table, RetryTableTest,
    testing::Values(Row{"Throttled", status(429), true, true, true},
                    Row{"ThrottledWithHint", status(429, seconds(2)), true, true, true},
                    Row{"UnavailableWithHint", status(503, seconds(2)), true, true, true},
                    Row{"Unavailable", status(503), true, true, false},
                    Row{"InternalError", status(500), true, true, false},
                    Row{"InternalErrorWithHint", status(500, seconds(2)), true, true, false},
                    Row{"BadGateway", status(502), true, true, false},
                    Row{"GatewayTimeout", status(504), true, true, false},
                    Row{"Broken", of(ApiError::Kind::kUnreachable), true, true, false},
                    Row{"Unsent", of(ApiError::Kind::kUnreachable), false, true, true},
                    Row{"CutJson", of(ApiError::Kind::kMalformed), true, true, false},
                    Row{"TurnedAwayByAProxy", of(ApiError::Kind::kProxy), false, false, false},
                    Row{"Untrusted", of(ApiError::Kind::kUntrusted), false, false, false},
                    Row{"Credentials", of(ApiError::Kind::kCredentials), false, false, false},
                    Row{"OutOfTime", of(ApiError::Kind::kTimeout), true, false, false},
                    Row{"Stopped", of(ApiError::Kind::kStopped), true, false, false},
                    Row{"Redirect", status(302), true, false, false},
                    Row{"BadRequest", status(400), true, false, false},
                    Row{"Unauthorized", status(401), true, false, false},
                    Row{"Forbidden", status(403), true, false, false},
                    Row{"NotFound", status(404), true, false, false},
                    Row{"MethodNotAllowed", status(405), true, false, false},
                    Row{"Conflict", status(409), true, false, false},
                    Row{"Gone", status(410), true, false, false},
                    Row{"TooLarge", status(413), true, false, false},
                    Row{"UnsupportedMedia", status(415), true, false, false},
                    Row{"Invalid", status(422), true, false, false},
                    Row{"NotImplemented", status(501), true, false, false}),
    [](const auto& row) { return std::string(row.param.name); });

milliseconds delay(int attempt, double jitter, std::optional<seconds> hint = std::nullopt,
                   int max_attempts = 100) {
  RetryPolicy policy;
  policy.max_attempts = max_attempts;
  return delayBeforeRetry(policy, status(429, hint), true, Idempotency::kYes, attempt, jitter)
      .value_or(milliseconds(-1));
}

TEST(RetryTest, DoublesTheDelayUpToTheMaximum) {
  EXPECT_EQ(delay(1, 0.0), milliseconds(500));
  EXPECT_EQ(delay(2, 0.0), milliseconds(1000));
  EXPECT_EQ(delay(5, 0.0), milliseconds(8000));
  EXPECT_EQ(delay(6, 0.0), milliseconds(10000));
  EXPECT_EQ(delay(99, 0.0), milliseconds(10000));
}

TEST(RetryTest, SpreadsTheDelayByJitterButNeverToNothing) {
  EXPECT_EQ(delay(1, 0.5), milliseconds(250));
  EXPECT_EQ(delay(1, 0.9999), milliseconds(1));
}

TEST(RetryTest, TakesTheHintAsLowerBound) {
  EXPECT_EQ(delay(1, 0.0, seconds(3)), milliseconds(3000));
  EXPECT_EQ(delay(6, 0.0, seconds(3)), milliseconds(10000));
  EXPECT_EQ(delay(1, 0.0, seconds(0)), milliseconds(500));
}

TEST(RetryTest, CutsAnOverlongHint) {
  EXPECT_EQ(delay(1, 0.0, seconds(3600)), milliseconds(60000));
}

TEST(RetryTest, EndsWithTheLastAttempt) {
  EXPECT_EQ(delay(4, 0.0, std::nullopt, 5), milliseconds(4000));
  EXPECT_EQ(delay(5, 0.0, std::nullopt, 5), milliseconds(-1));
}

}  // namespace
}  // namespace k8s
