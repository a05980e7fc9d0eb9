#include "tests/sim/backup_controller.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "common/json/parse.h"
#include "common/json/write.h"
#include "common/time/rfc3339.h"
#include "tests/sim/fencing.h"
#include "tests/sim/fields.h"
#include "tests/sim/kinds.h"
#include "tests/sim/object_meta.h"

namespace sim {
namespace {

using json::Array;
using json::Object;
using json::Value;

std::string phaseOf(const Value& backup) {
  return textAt(backup, {"status", "phase"});
}

bool isTerminal(const std::string& phase) {
  return phase == "completed" || phase == "failed" || phase == "invalid backup definition";
}

bool isQueued(const std::string& phase) {
  return phase.empty() || phase == "pending";
}

std::string instanceOf(const Value& backup) {
  return textAt(backup, {"status", "instanceID", "podName"});
}

bool isOnlineByDefault(const Value& cluster) {
  const Value* online = valueAt(cluster, {"spec", "backup", "volumeSnapshot", "online"});
  return online == nullptr || online->boolean() == nullptr || *online->boolean();
}

bool isOnline(const Value& backup, const Value& cluster) {
  const Value* online = valueAt(backup, {"spec", "online"});
  if (online != nullptr && online->boolean() != nullptr) return *online->boolean();
  return isOnlineByDefault(cluster);
}

std::string refusalOf(const Value& cluster) {
  if (annotation(cluster, "cnpg.io/hibernation") == "on") {
    return "cannot backup a hibernated cluster";
  }
  if (!hasAt(cluster, {"spec", "backup"})) {
    return "cannot proceed with the backup as the cluster has no backup section";
  }
  if (!hasAt(cluster, {"spec", "backup", "volumeSnapshot"})) {
    return "no volumeSnapshot section defined on the target cluster";
  }
  return "";
}

bool isWorthRetrying(const std::string& error) {
  static constexpr const char* kSigns[] = {"Retriable: true",     "HTTPStatusCode: 408",
                                           "HTTPStatusCode: 429", "HTTPStatusCode: 500",
                                           "HTTPStatusCode: 502", "HTTPStatusCode: 503",
                                           "HTTPStatusCode: 504", "the object has been modified",
                                           "deadline exceeded",   "timed out"};
  return std::any_of(std::begin(kSigns), std::end(kSigns),
                     [&](const char* sign) { return error.find(sign) != std::string::npos; });
}

std::chrono::minutes retryDeadline(const Value& backup) {
  const std::string written = annotation(backup, "cnpg.io/volumeSnapshotDeadline");
  int minutes = 10;
  std::from_chars(written.data(), written.data() + written.size(), minutes);
  return std::chrono::minutes(minutes);
}

bool isProvisioned(const Value& snapshot) {
  return hasAt(snapshot, {"status", "boundVolumeSnapshotContentName"}) &&
         hasAt(snapshot, {"status", "creationTime"});
}

bool isReadyToUse(const Value& snapshot) {
  return flagAt(snapshot, {"status", "readyToUse"});
}

bool isReplica(const Value& pod, const Value& cluster) {
  return nameOf(pod) != textAt(cluster, {"status", "currentPrimary"});
}

}  // namespace

BackupController::BackupController(ApiServer& server, Timeline& timeline,
                                   const timing::Clock& clock, const InstanceManager& instances,
                                   std::string cnpg_group, const OperatorOptions& options,
                                   const Faults& faults)
    : server_(server),
      timeline_(timeline),
      clock_(clock),
      instances_(instances),
      cnpg_group_(std::move(cnpg_group)),
      options_(options),
      faults_(faults) {
  server_.onChange([this](const Change& change) { onChange(change); });
}

void BackupController::onChange(const Change& change) {
  if (change.type != Change::Type::kAdded || !(change.resource == backupType(cnpg_group_))) return;
  lookAgain({change.resource, namespaceOf(change.object), nameOf(change.object)},
            options_.timing.reaction);
}

void BackupController::lookAgain(const k8s::ObjectRef& ref, timing::Duration delay) {
  auto when = clock_.now() + std::chrono::duration_cast<timing::Instant::duration>(delay);
  for (const auto& down : faults_.operator_down) {
    if (when >= down.from && when < down.until) when = down.until;
  }
  auto& latest = planned_looks_[ref.name_space + "/" + ref.name];
  const std::uint64_t mine = ++latest;
  timeline_.at(when, [this, ref, mine] {
    if (planned_looks_[ref.name_space + "/" + ref.name] == mine) look(ref);
  });
}

void BackupController::look(const k8s::ObjectRef& ref) {
  for (const auto& down : faults_.operator_down) {
    if (clock_.now() >= down.from && clock_.now() < down.until) {
      lookAgain(ref, timing::Duration::zero());
      return;
    }
  }
  auto backup = server_.get(ref);
  if (!backup || isTerminal(phaseOf(*backup))) return;
  if (textAt(*backup, {"spec", "method"}) != "volumeSnapshot") return;
  auto cluster = server_.get(clusterRef(*backup));
  if (!cluster) {
    queue({ref, *std::move(backup), {}}, options_.timing.missing_retry);
    return;
  }
  Look now{ref, *std::move(backup), *std::move(cluster)};
  if (isQueued(phaseOf(now.backup))) {
    begin(now);
  } else {
    proceed(now);
  }
}

void BackupController::begin(Look& now) {
  if (const std::string refusal = refusalOf(now.cluster); !refusal.empty()) {
    refuse(now, refusal);
    return;
  }
  if (!hasAt(now.backup, {"status", "majorVersion"})) {
    recordMajorVersion(now);
    lookAgain(now.ref, options_.timing.reaction);
    return;
  }
  if (!isTurnOf(now)) {
    queue(now, options_.timing.poll);
    return;
  }
  const auto instance = elect(now);
  if (!instance) {
    editBackup(now, [](Value& backup) { placeAt(backup, {"status", "phase"}) = "pending"; });
    lookAgain(now.ref, options_.timing.missing_retry);
    return;
  }
  recordStart(now, *instance);
  proceed(now);
}

void BackupController::recordMajorVersion(const Look& now) {
  const auto major = numberAt(now.cluster, {"status", "pgDataImageInfo", "majorVersion"}, 16);
  editBackup(now, [&](Value& backup) { placeAt(backup, {"status", "majorVersion"}) = major; });
}

void BackupController::queue(const Look& now, timing::Duration delay) {
  if (options_.release.queued_is_pending) {
    editBackup(now, [](Value& backup) { placeAt(backup, {"status", "phase"}) = "pending"; });
  }
  lookAgain(now.ref, delay);
}

bool BackupController::isTurnOf(const Look& now) const {
  const std::string mine = nameOf(now.backup);
  const auto rank = [&](const Value& backup) {
    const std::string age =
        options_.release.oldest_first ? textAt(backup, {"metadata", "creationTimestamp"}) : "";
    return std::pair(age, nameOf(backup));
  };
  for (const auto& other : server_.list(now.ref.type, now.ref.name_space)) {
    if (nameOf(other) == mine) continue;
    if (textAt(other, {"spec", "cluster", "name"}) != nameOf(now.cluster)) continue;
    const std::string phase = phaseOf(other);
    if (phase == "started" || phase == "running") return false;
    const bool pending_is_progress = !options_.release.queued_is_pending;
    if (phase == "pending" && pending_is_progress && phaseOf(now.backup).empty()) return false;
    const bool waits = isQueued(phase) || phase == "finalizing";
    if (waits && rank(other) < rank(now.backup)) return false;
  }
  return true;
}

std::optional<std::string> BackupController::elect(const Look& now) const {
  std::string target = textAt(now.backup, {"spec", "target"});
  if (target.empty()) target = textAt(now.cluster, {"spec", "backup", "target"});
  const std::string primary = textAt(now.cluster, {"status", "currentPrimary"});
  std::optional<std::string> last_resort;
  for (const auto& pod : server_.list(podType(), now.ref.name_space)) {
    if (label(pod, "cnpg.io/cluster") != nameOf(now.cluster)) continue;
    if (label(pod, "cnpg.io/podRole") != "instance") continue;
    if (target != "primary" && isReplica(pod, now.cluster) && isReady(pod)) return nameOf(pod);
    if (nameOf(pod) == primary) last_resort = primary;
  }
  return last_resort;
}

void BackupController::recordStart(Look& now, const std::string& instance) {
  editBackup(now, [&](Value& backup) {
    Value& status = placeAt(backup, {"status"});
    status["phase"] = "started";
    status["startedAt"] = timestamp();
    status["backupId"] = nameOf(backup);
    status["backupName"] = nameOf(backup);
    status["method"] = "volumeSnapshot";
    status["instanceID"] =
        Object{{"podName", instance}, {"ContainerID", "containerd://" + instance}};
    if (options_.release.reconciliation_times) status["reconciliationStartedAt"] = timestamp();
  });
  setBackupCondition(now, "False", "BackupStarted", "New Backup starting up");
  now.backup = *server_.get(now.ref);
  now.cluster = *server_.get(clusterRef(now.backup));
}

void BackupController::proceed(Look& now) {
  const auto snapshots = snapshotsOf(now);
  if (phaseOf(now.backup) == "finalizing") {
    awaitReady(now, snapshots);
  } else if (snapshots.empty()) {
    prepare(now);
  } else {
    awaitProvisioned(now, snapshots);
  }
}

/// A fence of exactly this instance is taken for the operator's own, an administrator's included;
/// an instance that is not ready is taken for stopped.
void BackupController::prepare(Look& now) {
  const std::string instance = instanceOf(now.backup);
  if (!isOnline(now.backup, now.cluster)) {
    const auto fenced = fencedInstances(now.cluster);
    if (!fenced.empty() && fenced != std::vector{instance}) {
      fail(now, "cannot execute volume snapshot on a cluster that has fenced instances");
      return;
    }
    if (fenced.empty()) {
      editCluster(now, [&](Value& cluster) { fence(cluster, instance); });
      now.cluster = *server_.get(clusterRef(now.backup));
    }
    const auto pod = podOf(now);
    if (pod && isReady(*pod)) {
      lookAgain(now.ref, options_.timing.fence_to_snapshot);
      return;
    }
  }
  cut(now);
}

void BackupController::cut(const Look& now) {
  const auto volumes = volumesToCut(now);
  if (const auto obstacle = cutObstacle(now, volumes)) {
    fail(now, *obstacle);
    return;
  }
  const std::string instance = instanceOf(now.backup);
  const Cut how{.instance = instance,
                .primary = textAt(now.cluster, {"status", "currentPrimary"}) == instance,
                .at = clock_.now(),
                .control_data = instances_.controlData(now.cluster, instance),
                .online = isOnline(now.backup, now.cluster),
                .release = options_.release};
  for (const auto& volume : volumes) {
    const auto claim = server_.get({claimType(), now.ref.name_space, volume.claim});
    server_.create(snapshotObject(now.cluster, now.backup, *claim, volume, how));
  }
  lookAgain(now.ref, options_.timing.snapshot_to_unfence);
}

std::optional<std::string> BackupController::cutObstacle(const Look& now,
                                                         const std::vector<Volume>& volumes) const {
  if (!faults_.creation_refused.empty()) return faults_.creation_refused;
  constexpr std::size_t kLongestLabelValue = 63;
  if (const std::string name = nameOf(now.backup); name.size() > kLongestLabelValue) {
    return "VolumeSnapshot.snapshot.storage.k8s.io \"" + name +
           "\" is invalid: metadata.labels: Invalid value: \"" + name +
           "\": must be no more than 63 characters";
  }
  for (const auto& volume : volumes) {
    if (!server_.get({snapshotType(), now.ref.name_space, volume.snapshot})) continue;
    return "volumesnapshots.snapshot.storage.k8s.io \"" + volume.snapshot + "\" already exists";
  }
  return std::nullopt;
}

std::vector<Volume> BackupController::volumesToCut(const Look& now) const {
  auto volumes = volumesOf(now.cluster, instanceOf(now.backup), nameOf(now.backup));
  std::erase_if(volumes, [&](const Volume& volume) {
    return volume.role == faults_.omitted_role ||
           !server_.get({claimType(), now.ref.name_space, volume.claim});
  });
  return volumes;
}

void BackupController::awaitProvisioned(Look& now, const std::vector<json::Value>& snapshots) {
  if (stumble(now, snapshots)) return;
  if (!std::all_of(snapshots.begin(), snapshots.end(), isProvisioned)) {
    lookAgain(now.ref, options_.timing.poll);
    return;
  }
  const std::string instance = instanceOf(now.backup);
  const auto fenced = fencedInstances(now.cluster);
  const bool fenced_by_us = std::find(fenced.begin(), fenced.end(), instance) != fenced.end();
  if (fenced_by_us && !isOnline(now.backup, now.cluster)) {
    editCluster(now, [&](Value& cluster) { unfence(cluster, instance); });
    lookAgain(now.ref, options_.timing.unfence_to_finalizing);
    return;
  }
  finalize(now, snapshots);
}

void BackupController::finalize(const Look& now, const std::vector<json::Value>& snapshots) {
  Array parts;
  for (const auto& snapshot : snapshots) {
    parts.emplace_back(elementOf(snapshot));
    server_.update({snapshotType(), now.ref.name_space, nameOf(snapshot)}, [&](Value& object) {
      setAnnotation(object, "cnpg.io/snapshotEndTime", textAt(object, {"status", "creationTime"}));
    });
  }
  editBackup(now, [&](Value& backup) {
    Value& status = placeAt(backup, {"status"});
    status["phase"] = "finalizing";
    // Released versions report the Cluster's default, whatever the Backup asked for.
    status["online"] = isOnlineByDefault(now.cluster);
    status["snapshotBackupStatus"] = Object{{"elements", std::move(parts)}};
    status["beginLSN"] = "0/7000028";
    status["endLSN"] = "0/7000028";
    status["beginWal"] = "000000010000000000000007";
    status["endWal"] = "000000010000000000000007";
    if (isOnline(backup, now.cluster)) {
      status["backupLabelFile"] = "U1RBUlQgV0FMIExPQ0FUSU9OOiAwLzcwMDAwMjgK";
    }
  });
  const bool ready = std::all_of(snapshots.begin(), snapshots.end(), isReadyToUse);
  lookAgain(now.ref, ready ? options_.timing.reaction : options_.timing.finalizing_to_completed);
}

void BackupController::awaitReady(const Look& now, const std::vector<json::Value>& snapshots) {
  if (stumble(now, snapshots)) return;
  const bool ready = std::all_of(snapshots.begin(), snapshots.end(), isReadyToUse);
  if (!ready || faults_.stays_finalizing) {
    lookAgain(now.ref, options_.timing.poll);
    return;
  }
  complete(now, snapshots);
}

void BackupController::complete(const Look& now, const std::vector<json::Value>& snapshots) {
  const std::string ended = timestamp();
  for (const auto& snapshot : snapshots) {
    if (faults_.no_end_time) break;
    server_.update({snapshotType(), now.ref.name_space, nameOf(snapshot)}, [&](Value& object) {
      setAnnotation(object, "cnpg.io/backupStartTime", textAt(now.backup, {"status", "startedAt"}));
      setAnnotation(object, "cnpg.io/backupEndTime", ended);
    });
  }
  editBackup(now, [&](Value& backup) {
    Value& status = placeAt(backup, {"status"});
    status["phase"] = "completed";
    status["stoppedAt"] = ended;
    if (options_.release.reconciliation_times) status["reconciliationTerminatedAt"] = ended;
    eraseAt(backup, {"status", "pluginMetadata"});
  });
  editCluster(now, [&](Value& cluster) {
    placeAt(cluster, {"status", "lastSuccessfulBackup"}) = ended;
    placeAt(cluster, {"status", "lastSuccessfulBackupByMethod", "volumeSnapshot"}) = ended;
  });
  setBackupCondition(now, "True", "LastBackupSucceeded", "Backup was successful");
}

bool BackupController::stumble(const Look& now, const std::vector<json::Value>& snapshots) {
  const auto stumbled = std::find_if(snapshots.begin(), snapshots.end(), [](const Value& snapshot) {
    return hasAt(snapshot, {"status", "error", "message"});
  });
  if (stumbled == snapshots.end()) return false;
  const std::string error = textAt(*stumbled, {"status", "error", "message"});
  if (!isWorthRetrying(error) || clock_.now() >= firstFailure(now) + retryDeadline(now.backup)) {
    fail(now, error);
  } else {
    lookAgain(now.ref, options_.timing.poll);
  }
  return true;
}

timing::Instant BackupController::firstFailure(const Look& now) {
  constexpr const char* kPlugin = "cnpg_volumesnapshot";
  constexpr const char* kKey = "volumeSnapshotFirstFailure";
  const auto noted = json::parse(textAt(now.backup, {"status", "pluginMetadata", kPlugin}));
  if (noted) return timing::Instant(std::chrono::seconds(numberAt(*noted, {kKey})));
  const auto since = std::chrono::floor<std::chrono::seconds>(clock_.now());
  editBackup(now, [&](Value& backup) {
    placeAt(backup, {"status", "pluginMetadata", kPlugin}) =
        json::write(Object{{kKey, since.time_since_epoch().count()}});
  });
  return since;
}

void BackupController::refuse(const Look& now, const std::string& why) {
  editBackup(now, [&](Value& backup) {
    placeAt(backup, {"status", "phase"}) =
        options_.release.invalid_definition ? "invalid backup definition" : "failed";
    placeAt(backup, {"status", "error"}) = why;
  });
  setBackupCondition(now, "False", "LastBackupFailed", why);
}

void BackupController::fail(const Look& now, const std::string& why) {
  const std::string error = "can't execute snapshot backup: " + why;
  editBackup(now, [&](Value& backup) {
    placeAt(backup, {"status", "phase"}) = "failed";
    placeAt(backup, {"status", "error"}) = error;
    if (options_.release.reconciliation_times) {
      placeAt(backup, {"status", "reconciliationTerminatedAt"}) = timestamp();
    }
  });
  setBackupCondition(now, "False", "LastBackupFailed", error);
  editCluster(now, [&](Value& cluster) {
    placeAt(cluster, {"status", "lastFailedBackup"}) = timestamp();
    if (!faults_.fence_stays_after_failure) unfence(cluster, instanceOf(now.backup));
  });
}

void BackupController::editBackup(const Look& now, const Edit& edit) {
  server_.update(now.ref, edit);
}

void BackupController::editCluster(const Look& now, const Edit& edit) {
  server_.update(clusterRef(now.backup), edit);
}

void BackupController::setBackupCondition(const Look& now, const char* status, const char* reason,
                                          const std::string& message) {
  editCluster(now, [&](Value& cluster) {
    auto conditions = elementsAt(cluster, {"status", "conditions"});
    std::erase_if(conditions, [](const Value& condition) {
      return textAt(condition, {"type"}) == "LastBackupSucceeded";
    });
    conditions.emplace_back(Object{{"type", "LastBackupSucceeded"},
                                   {"status", status},
                                   {"reason", reason},
                                   {"message", message},
                                   {"lastTransitionTime", timestamp()}});
    placeAt(cluster, {"status", "conditions"}) = std::move(conditions);
  });
}

std::vector<json::Value> BackupController::snapshotsOf(const Look& now) const {
  auto snapshots = server_.list(snapshotType(), now.ref.name_space);
  std::erase_if(snapshots, [&](const Value& snapshot) {
    return label(snapshot, "cnpg.io/backupName") != nameOf(now.backup);
  });
  return snapshots;
}

std::optional<json::Value> BackupController::podOf(const Look& now) const {
  return server_.get({podType(), now.ref.name_space, instanceOf(now.backup)});
}

k8s::ObjectRef BackupController::clusterRef(const json::Value& backup) const {
  return {clusterType(cnpg_group_), namespaceOf(backup),
          textAt(backup, {"spec", "cluster", "name"})};
}

std::string BackupController::timestamp() const {
  return timing::formatRfc3339(clock_.now());
}

}  // namespace sim
