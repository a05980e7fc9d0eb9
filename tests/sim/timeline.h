#pragma once

#include <functional>
#include <map>
#include <optional>

#include "common/time/instant.h"

namespace sim {

/// What will happen when: actors put their next steps here, whoever owns the clock runs what is
/// due. Steps of one instant run in the order they were added. Not thread-safe (the server's lock
/// guards it).
class Timeline {
 public:
  void at(timing::Instant when, std::function<void()> step) {
    steps_.emplace(when, std::move(step));
  }
  std::optional<timing::Instant> next() const {
    if (steps_.empty()) return std::nullopt;
    return steps_.begin()->first;
  }
  /// Runs the steps due at `now`, those they add included.
  void runDue(timing::Instant now) {
    while (!steps_.empty() && steps_.begin()->first <= now) {
      auto node = steps_.extract(steps_.begin());
      node.mapped()();
    }
  }
  /// Moves every step, for when the clock that they are read on is set.
  void shift(timing::Instant::duration by) {
    std::multimap<timing::Instant, std::function<void()>> shifted;
    for (auto& [when, step] : steps_) shifted.emplace(when + by, std::move(step));
    steps_ = std::move(shifted);
  }

 private:
  std::multimap<timing::Instant, std::function<void()>> steps_;
};

}  // namespace sim
