#pragma once

#include <chrono>

namespace timing {

/// A moment of wall-clock time, UTC, to the microsecond (the finest Kubernetes writes: MicroTime).
using Instant = std::chrono::sys_time<std::chrono::microseconds>;
/// A moment of monotonic time; only differences mean anything.
using Monotonic = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

}  // namespace timing
