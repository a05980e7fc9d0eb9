#pragma once

#include <stop_token>

#include "common/time/instant.h"

namespace timing {

/// The only source of time and the only way to wait. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  virtual Monotonic monotonic() const = 0;
  /// Waits until `until` or a stop request; true when the time was reached.
  virtual bool sleepUntil(Monotonic until, const std::stop_token& stop) = 0;
};

class SystemClock final : public Clock {
 public:
  Instant now() const override;
  Monotonic monotonic() const override;
  bool sleepUntil(Monotonic until, const std::stop_token& stop) override;
};

}  // namespace timing
