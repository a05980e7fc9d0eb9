#include "common/k8s/rate_limit.h"

#include <algorithm>
#include <chrono>

namespace k8s {

RateLimit::RateLimit(int per_second, int burst)
    : interval_(per_second > 0 ? timing::Duration(std::chrono::seconds(1)) / per_second
                               : timing::Duration::zero()),
      burst_(interval_ * std::max(burst, 1)) {}

timing::Monotonic RateLimit::reserve(timing::Monotonic now) {
  full_at_ = std::max(full_at_, now) + interval_;
  return std::max(now, full_at_ - burst_);
}

}  // namespace k8s
