#pragma once

#include <functional>
#include <string>

#include "tests/sim/test_world.h"

namespace job {

/// What a pass begins with.
struct Scenario {
  std::string name;
  sim::WorldOptions options;
  std::function<void(sim::TestWorld&)> prepare;
  int max() const { return options.shape.max_snapshots; }
};

/// The pass labels the new backup's two members, prunes a good backup and a failed one, writes the
/// status: of good ones there are 12 and 14, of which 12 is one too many.
Scenario pruning();
/// One older backup, and room for another.
Scenario nothingToPrune();
/// As pruning(), but an earlier process of run "the-run" made its Backup, and is gone.
Scenario adopting();

}  // namespace job
