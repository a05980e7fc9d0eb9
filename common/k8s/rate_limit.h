#pragma once

#include "common/time/clock.h"

namespace k8s {

/// A token bucket, as client-go's flowcontrol: `burst` at once, then `per_second`. Pure: the caller
/// waits.
class RateLimit {
 public:
  /// `per_second` 0: no limit.
  RateLimit(int per_second, int burst);

  /// Takes the next place, also for who does not come to use it. Returns when it is due, which is
  /// `now` while the bucket holds something.
  timing::Monotonic reserve(timing::Monotonic now);

 private:
  timing::Duration interval_;
  timing::Duration burst_;
  timing::Monotonic full_at_{};  // when the bucket would be full again, were nothing more taken
};

}  // namespace k8s
