#include "tests/integration/scenario.h"

#include <chrono>

#include "job/model/names.h"

namespace job {

Scenario pruning() {
  Scenario scenario{.name = "a pass that prunes"};
  scenario.options.shape.wal_storage = true;
  scenario.options.shape.max_snapshots = 2;
  scenario.prepare = [](sim::TestWorld& world) {
    world.add(sim::aBackup("backup-20250112-020000").withWal().ours("run-12"));
    world.add(sim::aBackup("backup-20250113-020000").withWal().ours("run-13").failed());
    world.add(sim::aBackup("backup-20250114-020000").withWal().ours("run-14"));
  };
  return scenario;
}

Scenario nothingToPrune() {
  Scenario scenario{.name = "a pass with nothing to prune"};
  scenario.prepare = [](sim::TestWorld& world) {
    world.add(sim::aBackup("backup-20250114-020000").ours("run-14"));
  };
  return scenario;
}

Scenario adopting() {
  Scenario scenario = pruning();
  scenario.name = "a pass that adopts";
  scenario.prepare = [prepare = scenario.prepare](sim::TestWorld& world) {
    prepare(world);
    const auto made = world.backupRef("backup-20250115-015955");
    world.startBackup(made.name);
    world.server().update(made, [&](json::Value& backup) {
      backup["metadata"]["labels"][kOursLabel] = "true";
      backup["metadata"]["labels"][kRunLabel] = "the-run";
    });
    world.advance(std::chrono::seconds(5));
  };
  return scenario;
}

}  // namespace job
