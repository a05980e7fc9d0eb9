#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "common/k8s/api_error.h"
#include "common/k8s/http.h"

namespace k8s {

/// May a request be repeated when the server can have acted on it already?
enum class Idempotency {
  kYes,  ///< reads; writes whose repetition does no harm or is noticed (precondition, own name)
  kNo    ///< only what was surely not executed is repeated
};

struct RetryPolicy {
  int max_attempts = 5;
  std::chrono::milliseconds first_delay{500};
  std::chrono::milliseconds max_delay{10000};
  std::chrono::seconds max_hint{60};  // a longer Retry-After is cut to this
};

/// Pure: the wait before attempt `attempt + 1` (attempts count from 1), empty when there is none.
/// `jitter` in [0,1) spreads the computed delay over (0, delay]; a Retry-After is a lower bound.
std::optional<std::chrono::milliseconds> delayBeforeRetry(const RetryPolicy& policy,
                                                          const ApiError& error, bool sent,
                                                          Idempotency idempotency, int attempt,
                                                          double jitter);

/// `first` doubled for each attempt after the first, up to `max`, spread over (0, delay] by
/// `jitter`.
std::chrono::milliseconds backoff(std::chrono::milliseconds first, std::chrono::milliseconds max,
                                  int attempt, double jitter);

/// Source of jitter in [0,1).
using RandomSource = std::function<double()>;

}  // namespace k8s
