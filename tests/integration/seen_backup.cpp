#include "tests/integration/seen_backup.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <tuple>

#include "common/json/parse.h"
#include "common/time/rfc3339.h"
#include "tests/sim/fields.h"
#include "tests/sim/kinds.h"
#include "tests/sim/object_meta.h"

namespace job {
namespace {

using sim::annotation;
using sim::label;
using sim::textAt;

/// What is looked at of a group, before it is judged.
struct Parts {
  const json::Value* backup = nullptr;
  std::vector<const json::Value*> snapshots;
};

void replaceBy(std::vector<json::Value>& objects, const json::Value& undone, const char* kind) {
  if (undone.isNull() || textAt(undone, {"kind"}) != kind) return;
  std::erase_if(objects, [&](const json::Value& object) {
    return sim::nameOf(object) == sim::nameOf(undone);
  });
  objects.push_back(undone);
}

bool isHeld(const json::Value& object) {
  const std::string hold = annotation(object, "noobaa.io/db-backup-hold");
  const json::Value* annotations = sim::valueAt(object, {"metadata", "annotations"});
  const bool has = annotations != nullptr && annotations->object() != nullptr &&
                   annotations->object()->find("noobaa.io/db-backup-hold") != nullptr;
  return has && hold != "false";
}

const json::Value* withRole(const Parts& parts, const char* role) {
  const auto found = std::find_if(parts.snapshots.begin(), parts.snapshots.end(),
                                  [&](const json::Value* snapshot) {
                                    return annotation(*snapshot, "cnpg.io/pvcRole") == role;
                                  });
  return found == parts.snapshots.end() ? nullptr : *found;
}

bool hadWal(const json::Value& data) {
  const auto manifest = json::parse(annotation(data, "cnpg.io/clusterManifest"));
  return manifest && sim::hasAt(*manifest, {"spec", "walStorage"});
}

/// "Database cluster state:     shut down": the whole rest of the line.
bool wasShutDown(const std::string& control_data) {
  constexpr std::string_view kKey = "Database cluster state:";
  const auto at = control_data.find(kKey);
  if (at == std::string::npos) return false;
  std::string state = control_data.substr(at + kKey.size());
  state = state.substr(0, state.find('\n'));
  state.erase(0, state.find_first_not_of(' '));
  return state == "shut down" || state == "shut down in recovery";
}

/// More than a minute older than the backup that PG_DATA says it is of.
bool isOlder(const json::Value& snapshot, const json::Value& data) {
  const auto created = timing::parseRfc3339(textAt(snapshot, {"metadata", "creationTimestamp"}));
  const auto started = timing::parseRfc3339(annotation(data, "cnpg.io/backupStartTime"));
  return created && started && *created + std::chrono::minutes(1) < *started;
}

bool isGood(const Parts& parts) {
  if (parts.backup != nullptr && textAt(*parts.backup, {"status", "phase"}) != "completed")
    return false;
  const json::Value* data = withRole(parts, "PG_DATA");
  if (data == nullptr || annotation(*data, "cnpg.io/backupEndTime").empty()) return false;
  if (hadWal(*data) && withRole(parts, "PG_WAL") == nullptr) return false;
  for (const json::Value* snapshot : parts.snapshots) {
    if (!sim::flagAt(*snapshot, {"status", "readyToUse"})) return false;
    // Its name was used before, or so it looks where clocks were set back.
    if (isOlder(*snapshot, *data)) return false;
  }
  const std::string control_data = annotation(*data, "cnpg.io/pgControldata");
  return control_data.empty() || wasShutDown(control_data);
}

SeenBackup seen(const std::string& name, const Parts& parts) {
  SeenBackup backup;
  backup.name = name;
  backup.phase = "gone";
  if (parts.backup != nullptr) {
    const json::Value& object = *parts.backup;
    backup.phase = textAt(object, {"status", "phase"});
    backup.in_flight = backup.phase != "completed" && backup.phase != "failed";
    backup.going = sim::isTerminating(object);
    backup.held = isHeld(object);
    backup.run = label(object, "noobaa.io/db-backup-run");
    backup.begin = textAt(object, {"status", "startedAt"});
    if (backup.begin.empty()) backup.begin = textAt(object, {"metadata", "creationTimestamp"});
  }
  for (const json::Value* snapshot : parts.snapshots) {
    backup.parts[sim::nameOf(*snapshot)] = sim::uidOf(*snapshot);
    backup.going = backup.going || sim::isTerminating(*snapshot);
    backup.held = backup.held || isHeld(*snapshot);
    if (parts.backup == nullptr) {
      const std::string created = textAt(*snapshot, {"metadata", "creationTimestamp"});
      backup.begin = backup.begin.empty() ? created : std::min(backup.begin, created);
      backup.run = label(*snapshot, "noobaa.io/db-backup-run");
    }
  }
  if (const json::Value* data = withRole(parts, "PG_DATA")) {
    backup.data = sim::nameOf(*data);
    backup.end = annotation(*data, "cnpg.io/backupEndTime");
  }
  backup.good = !backup.going && isGood(parts);
  return backup;
}

}  // namespace

std::map<std::string, SeenBackup> seenBackups(sim::World& world, const json::Value& undone) {
  const sim::Shape& shape = world.shape();
  auto objects = world.server().list(sim::backupType(shape.cnpg_group), shape.name_space);
  replaceBy(objects, undone, "Backup");
  auto snapshots = world.server().list(sim::snapshotType(), shape.name_space);
  replaceBy(snapshots, undone, "VolumeSnapshot");

  std::map<std::string, Parts> groups;
  for (const json::Value& object : objects) {
    if (textAt(object, {"spec", "cluster", "name"}) != shape.clusterName()) continue;
    if (textAt(object, {"spec", "method"}) != "volumeSnapshot") continue;
    groups[sim::nameOf(object)].backup = &object;
  }
  for (const json::Value& snapshot : snapshots) {
    if (label(snapshot, "cnpg.io/cluster") != shape.clusterName()) continue;
    groups[label(snapshot, "cnpg.io/backupName")].snapshots.push_back(&snapshot);
  }
  std::map<std::string, SeenBackup> backups;
  for (const auto& [name, parts] : groups) backups[name] = seen(name, parts);
  return backups;
}

std::vector<SeenBackup> goodNewestFirst(const std::map<std::string, SeenBackup>& backups) {
  std::vector<SeenBackup> good;
  for (const auto& [name, backup] : backups) {
    if (backup.good) good.push_back(backup);
  }
  std::sort(good.begin(), good.end(), [](const SeenBackup& a, const SeenBackup& b) {
    return std::tie(a.end, a.name) > std::tie(b.end, b.name);
  });
  return good;
}

}  // namespace job
