#include "tests/sim/past_backup.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>

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

timing::Instant parsed(std::string_view rfc3339) {
  const auto instant = timing::parseRfc3339(rfc3339);
  if (!instant) {
    std::fprintf(stderr, "%s\n", instant.error().c_str());
    std::abort();
  }
  return *instant;
}

/// The date at the end of a name: 14 digits, perhaps with a dash after the eighth.
timing::Instant dateOf(std::string_view name) {
  std::string digits;
  for (auto c = name.rbegin(); c != name.rend() && digits.size() < 14; ++c) {
    if (*c >= '0' && *c <= '9') {
      digits.insert(digits.begin(), *c);
    } else if (!(*c == '-' && digits.size() == 6)) {
      break;
    }
  }
  if (digits.size() < 14) return parsed("2025-01-01T02:00:00Z");
  const auto part = [&](std::size_t from, std::size_t length) {
    return digits.substr(from, length);
  };
  return parsed(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 2) + "T" + part(8, 2) + ":" +
                part(10, 2) + ":" + part(12, 2) + "Z");
}

bool hasSnapshotsInPhase(const std::string& phase) {
  return phase == "finalizing" || phase == "completed" || phase == "failed";
}

}  // namespace

PastBackup::PastBackup(std::string name) : name_(std::move(name)) {
  startedAt(dateOf(name_));
}

PastBackup& PastBackup::startedAt(timing::Instant when) {
  started_ = when;
  ended_ = when + std::chrono::seconds(16);
  return *this;
}

PastBackup& PastBackup::endedAt(timing::Instant when) {
  ended_ = when;
  started_ = when - std::chrono::seconds(16);
  return *this;
}

PastBackup& PastBackup::endedAt(std::string_view rfc3339) {
  return endedAt(parsed(rfc3339));
}

PastBackup& PastBackup::ours(std::string run) {
  run_ = std::move(run);
  return *this;
}

PastBackup& PastBackup::recorded() {
  recorded_ = true;
  return *this;
}

PastBackup& PastBackup::operatorScheduled(std::string scheduled_backup) {
  scheduled_by_ = std::move(scheduled_backup);
  return *this;
}

PastBackup& PastBackup::held(std::string value) {
  hold_ = std::move(value);
  return *this;
}

PastBackup& PastBackup::onlyBackupHeld() {
  hold_on_snapshots_ = false;
  return held();
}

PastBackup& PastBackup::withWal() {
  wal_in_manifest_ = wal_member_ = true;
  return *this;
}

PastBackup& PastBackup::withTablespace(std::string name) {
  tablespace_ = std::move(name);
  return *this;
}

PastBackup& PastBackup::onPrimary() {
  primary_ = true;
  return *this;
}

PastBackup& PastBackup::online() {
  online_ = true;
  return *this;
}

PastBackup& PastBackup::failed(std::string error) {
  phase_ = "failed";
  error_ = std::move(error);
  has_end_time_ = false;
  return *this;
}

PastBackup& PastBackup::failedWithoutSnapshots() {
  has_snapshots_ = false;
  return failed(
      "can't execute snapshot backup: cannot execute volume snapshot on a cluster that has "
      "fenced instances");
}

PastBackup& PastBackup::uncertified() {
  has_control_data_ = false;
  return *this;
}

PastBackup& PastBackup::unclean(std::string state) {
  state_ = std::move(state);
  return *this;
}

PastBackup& PastBackup::incomplete() {
  has_end_time_ = false;
  return *this;
}

PastBackup& PastBackup::withoutWalMember() {
  wal_in_manifest_ = true;
  wal_member_ = false;
  return *this;
}

PastBackup& PastBackup::notReady() {
  ready_ = false;
  return *this;
}

PastBackup& PastBackup::erroneous(std::string message) {
  snapshot_error_ = std::move(message);
  return notReady();
}

PastBackup& PastBackup::terminating() {
  terminating_ = true;
  return *this;
}

PastBackup& PastBackup::withUnreadableTime(std::string text) {
  unreadable_time_ = std::move(text);
  return *this;
}

PastBackup& PastBackup::withoutBackupObject() {
  has_backup_ = false;
  return *this;
}

PastBackup& PastBackup::withoutSnapshots() {
  has_snapshots_ = false;
  return *this;
}

PastBackup& PastBackup::inPhase(std::string phase) {
  phase_ = std::move(phase);
  has_snapshots_ = hasSnapshotsInPhase(phase_);
  has_end_time_ = phase_ == "completed";
  return *this;
}

PastBackup& PastBackup::byMethod(std::string method) {
  method_ = std::move(method);
  has_snapshots_ = method_ == "volumeSnapshot";
  return *this;
}

void PastBackup::put(ApiServer& server, BackdatedClock& clock, const Shape& shape) const {
  if (has_backup_) clock.during(started_, [&] { putBackup(server, shape); });
  if (!has_snapshots_) return;
  const Value cluster = manifest(server, shape);
  const auto stored = server.get({backupType(shape.cnpg_group), shape.name_space, name_});
  const Value backup = stored.value_or(backupObject(shape));
  for (const auto& volume : members(cluster)) {
    clock.during(started_ + std::chrono::seconds(10),
                 [&] { putSnapshot(server, shape, cluster, backup, volume); });
    if (terminating_) server.remove({snapshotType(), shape.name_space, volume.snapshot});
  }
}

json::Value PastBackup::backupObject(const Shape& shape) const {
  Value backup = Object{
      {"apiVersion", backupType(shape.cnpg_group).apiVersion()},
      {"kind", "Backup"},
      {"metadata", Object{{"name", name_},
                          {"namespace", shape.name_space},
                          {"labels", Object{{"cnpg.io/cluster", shape.clusterName()}}}}},
      {"spec", Object{{"cluster", Object{{"name", shape.clusterName()}}}, {"method", method_}}}};
  if (method_ == "volumeSnapshot") placeAt(backup, {"spec", "online"}) = online_;
  if (run_) {
    setLabel(backup, "app.kubernetes.io/managed-by", "noobaa-db-backup");
    setLabel(backup, "noobaa.io/db-backup", "true");
    setLabel(backup, "noobaa.io/db-backup-run", *run_);
  }
  if (!scheduled_by_.empty()) {
    setLabel(backup, "cnpg.io/scheduled-backup", scheduled_by_);
    setLabel(backup, "cnpg.io/immediateBackup", "false");
  }
  if (!hold_.empty()) setAnnotation(backup, "noobaa.io/db-backup-hold", hold_);
  return backup;
}

void PastBackup::putBackup(ApiServer& server, const Shape& shape) const {
  Value backup = backupObject(shape);
  if (!phase_.empty()) {
    Value& status = placeAt(backup, {"status"});
    status["majorVersion"] = shape.major_version;
    status["phase"] = phase_;
    status["method"] = method_;
    status["backupId"] = name_;
    status["backupName"] = name_;
    status["startedAt"] = timing::formatRfc3339(started_);
    status["instanceID"] =
        Object{{"podName", instance(shape)}, {"ContainerID", "containerd://" + instance(shape)}};
    if (!error_.empty()) status["error"] = error_;
    if (phase_ == "completed") status["stoppedAt"] = timing::formatRfc3339(ended_);
    if (online_) status["backupLabelFile"] = "U1RBUlQgV0FMIExPQ0FUSU9OOiAwLzcwMDAwMjgK";
    if (method_ == "volumeSnapshot" && (phase_ == "completed" || phase_ == "finalizing")) {
      status["online"] = false;
      Array parts;
      for (const auto& volume : members(manifest(server, shape))) {
        Object part{{"name", volume.snapshot}, {"type", volume.role}};
        if (!volume.tablespace.empty()) part.set("tablespaceName", volume.tablespace);
        parts.emplace_back(std::move(part));
      }
      status["snapshotBackupStatus"] = Object{{"elements", std::move(parts)}};
    }
  }
  server.create(backup);
}

json::Value PastBackup::manifest(const ApiServer& server, const Shape& shape) const {
  const auto live =
      server.get({clusterType(shape.cnpg_group), shape.name_space, shape.clusterName()});
  Value cluster = live.value_or(clusterObject(shape, nullptr));
  fence(cluster, instance(shape));
  const Value storage = *valueAt(std::as_const(cluster), {"spec", "storage"});
  if (wal_in_manifest_) placeAt(cluster, {"spec", "walStorage"}) = storage;
  if (!tablespace_.empty()) {
    placeAt(cluster, {"spec", "tablespaces"}) =
        Array{Object{{"name", tablespace_}, {"storage", storage}}};
  }
  return cluster;
}

std::vector<Volume> PastBackup::members(const json::Value& cluster) const {
  auto volumes = volumesOf(
      cluster, primary_ ? textAt(cluster, {"status", "currentPrimary"}) : nameOf(cluster) + "-2",
      name_);
  if (wal_in_manifest_ && !wal_member_) {
    std::erase_if(volumes, [](const Volume& volume) { return volume.role == "PG_WAL"; });
  }
  return volumes;
}

std::string PastBackup::instance(const Shape& shape) const {
  return shape.instanceName(primary_ || shape.instances == 1 ? 1 : 2);
}

std::optional<ControlData> PastBackup::controlData(const Shape& shape) const {
  if (!has_control_data_) return std::nullopt;
  ControlData data;
  data.major_version = shape.major_version;
  data.modified = started_;
  data.checkpoint = checkpointAt(started_);
  const bool primary = instance(shape) == shape.instanceName(1);
  data.state = primary ? "shut down" : "shut down in recovery";
  if (online_) data.state = primary ? "in production" : "in archive recovery";
  if (!state_.empty()) data.state = state_;
  return data;
}

void PastBackup::putSnapshot(ApiServer& server, const Shape& shape, const json::Value& cluster,
                             const json::Value& backup, const Volume& volume) const {
  const k8s::ObjectRef ref{snapshotType(), shape.name_space, volume.snapshot};
  const Cut how{.instance = instance(shape),
                .primary = instance(shape) == shape.instanceName(1),
                .at = started_ + std::chrono::seconds(10),
                .control_data = controlData(shape),
                .online = online_,
                .release = {}};
  const auto claim = server.get({claimType(), shape.name_space, volume.claim});
  const auto snapshot_class = server.get({snapshotClassType(), "", volume.snapshot_class})
                                  .value_or(snapshotClassObject(shape));
  Value snapshot = snapshotObject(cluster, backup, claim.value_or(Value()), volume, how);
  finish(snapshot, snapshot_class, shape);
  const Value content = contentObject(server.create(snapshot), snapshot_class);
  server.create(content);
  server.update(ref, [&](Value& object) {
    placeAt(object, {"status", "boundVolumeSnapshotContentName"}) = nameOf(content);
  });
}

/// What the snapshot controller, and CNPG on completion, add to a snapshot.
void PastBackup::finish(json::Value& snapshot, const json::Value& snapshot_class,
                        const Shape& shape) const {
  placeAt(snapshot, {"metadata", "finalizers"}) = snapshotFinalizers(snapshot_class);
  if (terminating_) {
    placeAt(snapshot, {"metadata", "finalizers"}) = Array{"example.com/not-yet"};
  }
  const std::string cut_at = timing::formatRfc3339(started_ + std::chrono::seconds(11));
  // Bound from the start, so that the snapshot controller has nothing left to do.
  placeAt(snapshot, {"status"}) = Object{{"boundVolumeSnapshotContentName", "pending"},
                                         {"creationTime", cut_at},
                                         {"restoreSize", shape.volume_size},
                                         {"readyToUse", ready_}};
  if (!snapshot_error_.empty()) {
    placeAt(snapshot, {"status", "error"}) = Object{{"message", snapshot_error_}, {"time", cut_at}};
  }
  setAnnotation(snapshot, "cnpg.io/snapshotEndTime", cut_at);
  if (has_end_time_) {
    setAnnotation(snapshot, "cnpg.io/backupStartTime", timing::formatRfc3339(started_));
    setAnnotation(snapshot, "cnpg.io/backupEndTime",
                  unreadable_time_.empty() ? timing::formatRfc3339(ended_) : unreadable_time_);
  }
  if (run_) {
    setLabel(snapshot, "noobaa.io/db-backup", "true");
    setLabel(snapshot, "noobaa.io/db-backup-run", *run_);
  }
  if (recorded_) setAnnotation(snapshot, "noobaa.io/db-backup-verdict", "certified");
  if (!hold_.empty() && hold_on_snapshots_) {
    setAnnotation(snapshot, "noobaa.io/db-backup-hold", hold_);
  }
}

}  // namespace sim
