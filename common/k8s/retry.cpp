#include "common/k8s/retry.h"

#include <algorithm>
#include <cmath>

namespace k8s {
namespace {

bool mayRetry(const ApiError& error, bool sent, Idempotency idempotency) {
  const bool repeatable = idempotency == Idempotency::kYes;
  switch (error.kind) {
    case ApiError::Kind::kUnreachable:
      return !sent || repeatable;
    // A cut body without an announced length shows only as JSON that ends too early.
    case ApiError::Kind::kMalformed:
      return repeatable;
    case ApiError::Kind::kStatus:
      break;
    case ApiError::Kind::kProxy:
    case ApiError::Kind::kUntrusted:
    case ApiError::Kind::kCredentials:
    case ApiError::Kind::kTimeout:
    case ApiError::Kind::kStopped:
      return false;
  }
  switch (error.code) {
    case 429:
      return true;
    case 503:  // with a hint the server refused before it acted
      return repeatable || error.retry_after.has_value();
    case 500:
    case 502:
    case 504:
      return repeatable;
    default:
      return false;
  }
}

}  // namespace

std::chrono::milliseconds backoff(std::chrono::milliseconds first, std::chrono::milliseconds max,
                                  int attempt, double jitter) {
  std::chrono::milliseconds delay = std::min(first, max);
  for (int i = 1; i < attempt && delay < max; ++i) delay = std::min(delay * 2, max);
  return std::chrono::milliseconds(
      std::llround(std::ceil(static_cast<double>(delay.count()) * (1.0 - jitter))));
}

std::optional<std::chrono::milliseconds> delayBeforeRetry(const RetryPolicy& policy,
                                                          const ApiError& error, bool sent,
                                                          Idempotency idempotency, int attempt,
                                                          double jitter) {
  if (attempt >= policy.max_attempts || !mayRetry(error, sent, idempotency)) return std::nullopt;
  const auto delay = backoff(policy.first_delay, policy.max_delay, attempt, jitter);
  if (!error.retry_after) return delay;
  return std::max<std::chrono::milliseconds>(delay, std::min(*error.retry_after, policy.max_hint));
}

}  // namespace k8s
