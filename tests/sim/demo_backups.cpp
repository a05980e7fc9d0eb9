#include "tests/sim/demo_backups.h"

#include <chrono>
#include <string>

#include "common/time/rfc3339.h"
#include "tests/sim/fields.h"

namespace sim {
namespace {

using std::chrono::days;
using std::chrono::hours;

std::string nameOf(timing::Instant when) {
  return "backup-" + timing::formatCompact(when);
}

PastBackup ourBackupOf(timing::Instant when) {
  return aBackup(nameOf(when)).ours();
}

void giveToAnotherCluster(World& world, const std::string& name) {
  for (const auto& ref : {world.backupRef(name), world.snapshotRef(name)}) {
    world.server().update(
        ref, [](json::Value& object) { setLabel(object, "cnpg.io/cluster", "another-db"); });
  }
  world.server().update(world.backupRef(name), [](json::Value& backup) {
    placeAt(backup, {"spec", "cluster", "name"}) = "another-db";
  });
}

/// A Cluster that was made by `kubectl apply` carries what was applied as an annotation.
void annotateAsApplied(World& world) {
  constexpr int kParameters = 357;  // makes a snapshot 20 KiB
  std::string applied = R"({"apiVersion":"postgresql.cnpg.io/v1","kind":"Cluster","spec":{)";
  for (int i = 0; i < kParameters; ++i) {
    applied += R"("parameter_)" + std::to_string(i) + R"(":"a value for it",)";
  }
  applied += R"("last":"one"}})";
  world.editCluster([&](json::Value& cluster) {
    setAnnotation(cluster, "kubectl.kubernetes.io/last-applied-configuration", applied);
  });
}

}  // namespace

void addRecentNights(World& world, timing::Instant now) {
  auto last_night = std::chrono::floor<days>(now) + hours(2);
  if (last_night >= now) last_night -= days(1);
  const auto night = [&](int ago) { return ourBackupOf(last_night - days(ago - 1)); };
  world.add(night(5).held());
  world.add(night(4));
  world.add(night(3).withWal());
  world.add(night(2).failed());
  world.add(night(1));
}

void addHourlyBackups(World& world, timing::Instant now, int count, int others) {
  annotateAsApplied(world);
  for (int ago = count; ago > 0; --ago) {
    const timing::Instant when = now - hours(ago);
    world.add(ourBackupOf(when).recorded());
    if (ago > count - others) giveToAnotherCluster(world, nameOf(when));
  }
}

}  // namespace sim
