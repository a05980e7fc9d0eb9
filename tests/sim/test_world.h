#pragma once

#include <string_view>
#include <utility>

#include "common/time/rfc3339.h"
#include "tests/sim/sim_transport.h"
#include "tests/sim/world.h"

namespace sim {

/// A timeline and its virtual clock: a base so that they are there before the World and after it.
struct VirtualTime {
  explicit VirtualTime(timing::Instant start) : clock(start, timeline) {}
  Timeline timeline;
  VirtualClock clock;
};

/// A World in virtual time, which passes when a test or a client waits. It begins at
/// 2025-01-15T02:00:00Z.
class TestWorld : private VirtualTime, public World {
 public:
  explicit TestWorld(WorldOptions options = {}, std::string_view start = "2025-01-15T02:00:00Z")
      : VirtualTime(timing::parseRfc3339(start).value()),
        World(VirtualTime::clock, VirtualTime::timeline, std::move(options)) {}

  VirtualClock& clock() { return VirtualTime::clock; }
  Timeline& timeline() { return VirtualTime::timeline; }
  void advance(timing::Duration by) { VirtualTime::clock.advance(by); }
  SimTransport transport() {
    return SimTransport(server(), VirtualTime::clock, VirtualTime::timeline);
  }
};

}  // namespace sim
