#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "job/decide/retention.h"
#include "job/model/backup.h"
#include "job/model/backup_group.h"
#include "job/model/cluster.h"
#include "job/model/volume_snapshot.h"

/// Builders of models for tests. Each begins with what a good backup looks like, so that a test
/// names only what it is about: aSnapshot("b").notReady("no space").
namespace job {

inline constexpr const char* kTestCluster = "noobaa-db-pg-cluster";

/// Midnight UTC of 15 January 2025 and so many minutes.
inline timing::Instant atMinute(int minute) {
  using namespace std::chrono;
  return sys_days{2025y / January / 15} + minutes(minute);
}

class SnapshotBuilder {
 public:
  explicit SnapshotBuilder(const std::string& backup) {
    snapshot_.name = backup;
    snapshot_.uid = "uid-of-" + backup;
    snapshot_.resource_version = "1";
    snapshot_.cluster = kTestCluster;
    snapshot_.backup_name = backup;
    snapshot_.role = VolumeRole::kData;
    snapshot_.source_pvc = std::string(kTestCluster) + "-2";
    snapshot_.ready = true;
    snapshot_.restore_size = "50Gi";
    snapshot_.created = Timestamp::of(atMinute(1));
    snapshot_.backup_start = Timestamp::of(atMinute(0));
    snapshot_.backup_end = Timestamp::of(atMinute(2));
    snapshot_.control_data = ControlData{.state = "shut down in recovery",
                                         .system_identifier = "7460052021379461143",
                                         .checkpoint = WalPosition{1, 0x3000028}};
    snapshot_.manifest_volumes = VolumeSet();
  }

  SnapshotBuilder& named(std::string name) { return set(snapshot_.name, std::move(name)); }
  SnapshotBuilder& ofBackup(std::string name) {
    return set(snapshot_.backup_name, std::move(name));
  }
  SnapshotBuilder& ofCluster(std::string name) { return set(snapshot_.cluster, std::move(name)); }
  SnapshotBuilder& wal() { return member(VolumeRole::kWal, "-wal"); }
  SnapshotBuilder& tablespace(const std::string& name) {
    snapshot_.tablespace = name;
    return member(VolumeRole::kTablespace, "-tbs-" + name);
  }
  SnapshotBuilder& withoutRole() { return set(snapshot_.role, std::nullopt); }
  SnapshotBuilder& notReady(std::string error = "") {
    snapshot_.ready = false;
    return set(snapshot_.error, std::move(error));
  }
  SnapshotBuilder& staleError(std::string error) { return set(snapshot_.error, std::move(error)); }
  SnapshotBuilder& unreadable() { return set(snapshot_.unreadable, true); }
  SnapshotBuilder& deleting() { return set(snapshot_.deleting, true); }
  SnapshotBuilder& created(const Timestamp& time) { return set(snapshot_.created, time); }
  SnapshotBuilder& createdAt(int minute) { return created(Timestamp::of(atMinute(minute))); }
  SnapshotBuilder& started(const Timestamp& time) { return set(snapshot_.backup_start, time); }
  SnapshotBuilder& startedAt(int minute) { return started(Timestamp::of(atMinute(minute))); }
  SnapshotBuilder& ended(const Timestamp& time) { return set(snapshot_.backup_end, time); }
  SnapshotBuilder& endedAt(int minute) { return ended(Timestamp::of(atMinute(minute))); }
  SnapshotBuilder& withoutEnd() { return ended(Timestamp()); }
  SnapshotBuilder& withUnreadableEnd() { return ended(Timestamp::read("yesterday")); }
  SnapshotBuilder& state(std::string state) {
    return set(snapshot_.control_data->state, std::move(state));
  }
  SnapshotBuilder& withoutControlData() { return set(snapshot_.control_data, std::nullopt); }
  SnapshotBuilder& withLabelFile() { return set(snapshot_.has_label_file, true); }
  SnapshotBuilder& manifest(VolumeSet volumes) {
    return set(snapshot_.manifest_volumes, std::move(volumes));
  }
  SnapshotBuilder& withoutManifest() { return set(snapshot_.manifest_volumes, std::nullopt); }
  SnapshotBuilder& held() { return set(snapshot_.held, true); }
  SnapshotBuilder& ours() { return set(snapshot_.ours, true); }
  SnapshotBuilder& scheduledBy(std::string name) {
    return set(snapshot_.scheduled_by, std::move(name));
  }

  operator VolumeSnapshot() const { return snapshot_; }

 private:
  /// A member besides PG_DATA: CNPG marks only that one with the end of the backup.
  SnapshotBuilder& member(VolumeRole role, const std::string& suffix) {
    snapshot_.role = role;
    snapshot_.name += suffix;
    snapshot_.uid += suffix;
    snapshot_.source_pvc += suffix;
    return *this;
  }
  template <typename T, typename U>
  SnapshotBuilder& set(T& field, U value) {
    field = std::move(value);
    return *this;
  }

  VolumeSnapshot snapshot_;
};

inline SnapshotBuilder aSnapshot(const std::string& backup) {
  return SnapshotBuilder(backup);
}

class BackupBuilder {
 public:
  explicit BackupBuilder(const std::string& name) {
    backup_.name = name;
    backup_.uid = "uid-of-backup-" + name;
    backup_.resource_version = "1";
    backup_.cluster = kTestCluster;
    backup_.method = "volumeSnapshot";
    backup_.online = false;
    backup_.phase = "completed";
    backup_.progress = BackupProgress::kCompleted;
    backup_.instance = std::string(kTestCluster) + "-2";
    backup_.created = Timestamp::of(atMinute(0));
    backup_.started = Timestamp::of(atMinute(0));
    backup_.stopped = Timestamp::of(atMinute(2));
    backup_.ours = true;
  }

  BackupBuilder& ofCluster(std::string name) { return set(backup_.cluster, std::move(name)); }
  BackupBuilder& method(std::string method) { return set(backup_.method, std::move(method)); }
  BackupBuilder& inFlight(std::string phase = "started") {
    backup_.progress = BackupProgress::kInFlight;
    backup_.stopped = Timestamp();
    return set(backup_.phase, std::move(phase));
  }
  BackupBuilder& failed(std::string error = "") {
    backup_.progress = BackupProgress::kFailed;
    backup_.phase = "failed";
    backup_.stopped = Timestamp();
    return set(backup_.error, std::move(error));
  }
  BackupBuilder& online(std::optional<bool> online = true) { return set(backup_.online, online); }
  BackupBuilder& withLabelFile() { return set(backup_.has_label_file, true); }
  BackupBuilder& created(const Timestamp& time) { return set(backup_.created, time); }
  BackupBuilder& createdAt(int minute) { return created(Timestamp::of(atMinute(minute))); }
  BackupBuilder& started(const Timestamp& time) { return set(backup_.started, time); }
  BackupBuilder& startedAt(int minute) { return started(Timestamp::of(atMinute(minute))); }
  BackupBuilder& deleting() { return set(backup_.deleting, true); }
  BackupBuilder& held() { return set(backup_.held, true); }
  BackupBuilder& foreign() { return set(backup_.ours, false); }
  BackupBuilder& ofRun(std::string run) { return set(backup_.run, std::move(run)); }
  BackupBuilder& scheduledBy(std::string name) {
    return set(backup_.scheduled_by, std::move(name));
  }

  operator Backup() const { return backup_; }

 private:
  template <typename T, typename U>
  BackupBuilder& set(T& field, U value) {
    field = std::move(value);
    return *this;
  }

  Backup backup_;
};

inline BackupBuilder aBackup(const std::string& name) {
  return BackupBuilder(name);
}

inline BackupGroup aGroup(const std::string& name, std::optional<Backup> backup,
                          std::vector<VolumeSnapshot> members) {
  return {.name = name, .backup = std::move(backup), .members = std::move(members)};
}

/// A whole group of one PG_DATA snapshot that ended at the minute.
inline BackupGroup aGoodGroup(const std::string& name, int ended_at_minute) {
  return aGroup(name, aBackup(name), {aSnapshot(name).endedAt(ended_at_minute)});
}

/// Two instances, both ready, with a backup section of class "csi-snapshots".
inline Cluster aCluster() {
  const std::string name = kTestCluster;
  Cluster cluster;
  cluster.group = "postgresql.cnpg.io";
  cluster.name = name;
  cluster.name_space = "noobaa";
  cluster.uid = "uid-of-cluster";
  cluster.resource_version = "1";
  cluster.instances = 2;
  cluster.ready_instances = 2;
  cluster.phase = kHealthyPhase;
  cluster.ready_condition = true;
  cluster.current_primary = name + "-1";
  cluster.target_primary = name + "-1";
  cluster.healthy_instances = {name + "-1", name + "-2"};
  cluster.has_backup_section = true;
  cluster.snapshot_class = "csi-snapshots";
  cluster.snapshot_owner_reference = "none";
  cluster.online = false;
  return cluster;
}

class CandidateBuilder {
 public:
  explicit CandidateBuilder(std::string name) { candidate_.name = std::move(name); }

  /// Good, and ended then.
  CandidateBuilder& goodAt(int minute) {
    candidate_.verdict = Verdict::kCertified;
    candidate_.begin = Timestamp::of(atMinute(minute));
    candidate_.end = Timestamp::of(atMinute(minute));
    return *this;
  }
  /// Not good, and begun then.
  CandidateBuilder& badAt(int minute, Verdict verdict = Verdict::kFailed) {
    candidate_.verdict = verdict;
    candidate_.begin = Timestamp::of(atMinute(minute));
    return *this;
  }
  CandidateBuilder& verdict(Verdict verdict) {
    candidate_.verdict = verdict;
    return *this;
  }
  CandidateBuilder& began(const Timestamp& time) {
    candidate_.begin = time;
    return *this;
  }
  CandidateBuilder& beganAt(int minute) { return began(Timestamp::of(atMinute(minute))); }
  CandidateBuilder& ended(const Timestamp& time) {
    candidate_.end = time;
    return *this;
  }
  CandidateBuilder& endedAt(int minute) { return ended(Timestamp::of(atMinute(minute))); }
  CandidateBuilder& withUnreadableTimes() {
    candidate_.begin = Timestamp::read("yesterday");
    candidate_.end = Timestamp::read("yesterday");
    return *this;
  }
  CandidateBuilder& withUnreadableEnd() {
    candidate_.end = Timestamp::read("yesterday");
    return *this;
  }
  CandidateBuilder& withoutTimes() {
    candidate_.begin = Timestamp();
    candidate_.end = Timestamp();
    return *this;
  }
  CandidateBuilder& held(Hold hold = Hold::kAnnotation) {
    candidate_.hold = hold;
    return *this;
  }
  CandidateBuilder& operators() {
    candidate_.operators = true;
    return *this;
  }

  operator RetentionCandidate() const { return candidate_; }

 private:
  RetentionCandidate candidate_;
};

inline CandidateBuilder aCandidate(std::string name) {
  return CandidateBuilder(std::move(name));
}

}  // namespace job
