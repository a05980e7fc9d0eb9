#pragma once

#include <algorithm>

#include "common/time/clock.h"

namespace timing {

/// A moment after which a piece of work is given up. Travels down by value; a callee may only
/// shorten it.
class Deadline {
 public:
  static Deadline never() { return Deadline(Monotonic::max()); }
  static Deadline in(const Clock& clock, Duration duration) {
    const Monotonic now = clock.monotonic();
    const auto room = Monotonic::max() - now;
    return Deadline(duration >= room
                        ? Monotonic::max()
                        : now + std::chrono::duration_cast<Monotonic::duration>(duration));
  }

  Monotonic at() const { return at_; }
  bool passed(const Clock& clock) const { return clock.monotonic() >= at_; }
  /// Zero when it has passed.
  Duration remaining(const Clock& clock) const {
    return std::max<Duration>(at_ - clock.monotonic(), Duration::zero());
  }
  Deadline earlier(Deadline other) const { return Deadline(std::min(at_, other.at_)); }

 private:
  explicit Deadline(Monotonic at) : at_(at) {}
  Monotonic at_;
};

}  // namespace timing
