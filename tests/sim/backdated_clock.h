#pragma once

#include <functional>
#include <optional>

#include "common/time/clock.h"

namespace sim {

/// The clock of a server that is given a past: it passes another clock on, but for the time that
/// objects are put in as of old. Not thread-safe while it does that.
class BackdatedClock final : public timing::Clock {
 public:
  explicit BackdatedClock(timing::Clock& clock) : clock_(clock) {}

  timing::Instant now() const override { return pretended_.value_or(clock_.now()); }
  timing::Monotonic monotonic() const override { return clock_.monotonic(); }
  bool sleepUntil(timing::Monotonic until, const std::stop_token& stop) override {
    return clock_.sleepUntil(until, stop);
  }

  void during(timing::Instant past, const std::function<void()>& work) {
    pretended_ = past;
    work();
    pretended_.reset();
  }

 private:
  timing::Clock& clock_;
  std::optional<timing::Instant> pretended_;
};

}  // namespace sim
