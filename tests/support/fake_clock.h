#pragma once

#include <algorithm>
#include <chrono>
#include <mutex>
#include <stop_token>
#include <vector>

#include "common/time/clock.h"

namespace testing_support {

/// A clock that stands still until a test advances it or somebody sleeps: a sleep takes no real
/// time, moves both times forward to its end and is recorded. Thread-safe.
class FakeClock final : public timing::Clock {
 public:
  explicit FakeClock(timing::Instant start) : start_(start) {}

  timing::Instant now() const override {
    const std::lock_guard lock(mutex_);
    return start_ + std::chrono::floor<timing::Instant::duration>(elapsed_);
  }

  timing::Monotonic monotonic() const override {
    const std::lock_guard lock(mutex_);
    return monotonicNow();
  }

  /// A stop that was already requested ends the sleep before it begins: nothing moves, nothing is
  /// recorded.
  bool sleepUntil(timing::Monotonic until, const std::stop_token& stop) override {
    if (stop.stop_requested()) return false;
    const std::lock_guard lock(mutex_);
    const auto length =
        std::max<timing::Duration>(until - monotonicNow(), timing::Duration::zero());
    elapsed_ += length;
    sleeps_.push_back(length);
    return true;
  }

  void advance(timing::Duration duration) {
    const std::lock_guard lock(mutex_);
    elapsed_ += duration;
  }

  /// Moves the wall clock alone, as an operator or NTP does; `to` may lie in the past.
  void setNow(timing::Instant to) {
    const std::lock_guard lock(mutex_);
    start_ = to - std::chrono::floor<timing::Instant::duration>(elapsed_);
  }

  /// How long each sleep was, in order; zero for one whose time had already come.
  std::vector<timing::Duration> sleeps() const {
    const std::lock_guard lock(mutex_);
    return sleeps_;
  }

 private:
  // An arbitrary origin other than zero, so that a mix-up with the wall clock shows.
  timing::Monotonic monotonicNow() const {
    return timing::Monotonic(std::chrono::hours(1000)) + elapsed_;
  }

  mutable std::mutex mutex_;
  timing::Instant start_;
  timing::Duration elapsed_{0};
  std::vector<timing::Duration> sleeps_;
};

}  // namespace testing_support
