#include "tests/integration/deletion_guard.h"

#include <algorithm>

#include "tests/sim/fields.h"
#include "tests/sim/kinds.h"
#include "tests/sim/object_meta.h"

namespace job {

DeletionGuard::DeletionGuard(sim::TestWorld& world, int max_snapshots)
    : world_(world), max_(max_snapshots) {
  world_.server().onChange([this](const sim::Change& change) { onChange(change); });
}

void DeletionGuard::others(const std::function<void()>& act) {
  others_ = true;
  act();
  others_ = false;
}

void DeletionGuard::onChange(const sim::Change& change) {
  if (change.type == sim::Change::Type::kAdded) return;
  const bool snapshot = change.resource == sim::snapshotType();
  if (!snapshot && !(change.resource == sim::backupType(world_.shape().cnpg_group))) return;
  const bool gone = change.type == sim::Change::Type::kDeleted;
  if (!gone && !sim::isTerminating(change.object)) return;
  json::Value before = change.object;
  before["metadata"].object()->erase("deletionTimestamp");
  const std::string name =
      snapshot ? sim::label(before, "cnpg.io/backupName") : sim::nameOf(before);
  if (others_) by_others_.insert(name);
  if (!by_others_.contains(name)) judge(name, before);
}

void DeletionGuard::judge(const std::string& name, const json::Value& before) {
  if (std::find(removed_.begin(), removed_.end(), name) != removed_.end()) return;
  const auto backups = seenBackups(world_, before);
  const SeenBackup& backup = backups.at(name);
  removed_.push_back(name);
  if (let_pass_ > 0) {
    --let_pass_;
    return;
  }
  const auto accuse = [&](const std::string& why) {
    violations_.push_back(name + " was deleted though " + why);
  };
  if (backup.in_flight) accuse("its Backup is in flight (phase " + backup.phase + ")");
  if (backup.held) accuse("it is held");
  const std::string wanted =
      sim::textAt(world_.noobaa(), {"spec", "dbSpec", "dbRecovery", "volumeSnapshotName"});
  if (!wanted.empty() && backup.parts.contains(wanted)) accuse("dbRecovery names it");

  int newer = 0;
  bool replaced = false;
  for (const SeenBackup& other : goodNewestFirst(backups)) {
    if (other.name == name) continue;
    if (!other.held && std::tie(other.end, other.name) > std::tie(backup.end, name)) ++newer;
    replaced = replaced || other.end > backup.begin;
  }
  if (backup.good && newer < max_) {
    accuse("it is good and only " + std::to_string(newer) + " newer good ones exist");
  }
  if (!backup.good && !replaced) accuse("no good backup is newer than it");
}

}  // namespace job
