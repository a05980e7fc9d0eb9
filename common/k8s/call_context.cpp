#include "common/k8s/call_context.h"

#include <algorithm>
#include <chrono>

namespace k8s {

bool pauseUntil(timing::Clock& clock, timing::Monotonic until, const CallContext& context) {
  const timing::Monotonic end = std::min(until, context.deadline.at());
  while (clock.monotonic() < end) {
    const timing::Monotonic slice =
        context.idle ? std::min(end, clock.monotonic() + std::chrono::seconds(1)) : end;
    if (!clock.sleepUntil(slice, context.stop)) return false;
    if (context.idle && !context.idle()) return false;
  }
  return end == until && !context.stop.stop_requested();
}

}  // namespace k8s
