#pragma once

#include <functional>
#include <limits>
#include <stop_token>

#include "common/time/clock.h"
#include "common/time/deadline.h"

namespace k8s {

/// What bounds a call from above; travels down by value. A single request is besides bounded by
/// ClientOptions::request_timeout.
struct CallContext {
  timing::Deadline deadline;
  std::stop_token stop;
  /// Called about once a second while the call waits for an answer or for its next try, so that a
  /// lease can be renewed meanwhile; may make calls of its own (with a context that has no such
  /// hook). False gives the call up: kStopped.
  std::function<bool()> idle = {};
  /// Where RetryPolicy would allow more.
  int max_attempts = std::numeric_limits<int>::max();
};

/// Waits until `until`, but not past the deadline, with context.idle about once a second. False:
/// stopped, given up by context.idle, or the deadline came first.
bool pauseUntil(timing::Clock& clock, timing::Monotonic until, const CallContext& context);

}  // namespace k8s
