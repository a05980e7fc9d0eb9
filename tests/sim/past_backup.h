#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/json/value.h"
#include "common/time/instant.h"
#include "tests/sim/api_server.h"
#include "tests/sim/backdated_clock.h"
#include "tests/sim/cluster_objects.h"
#include "tests/sim/snapshot_objects.h"

namespace sim {

/// A backup of the past, described: what World::add() puts into the cluster just as CNPG would have
/// left it. Unless told otherwise: completed, of the data volume of the first standby, ready, shut
/// down in good order, 16 seconds from begin to end. A name that ends in a date
/// (backup-20250101-020000, ...-20250101020000) is when it began.
class PastBackup {
 public:
  explicit PastBackup(std::string name);

  PastBackup& startedAt(timing::Instant when);
  PastBackup& endedAt(timing::Instant when);
  PastBackup& endedAt(std::string_view rfc3339);
  /// This project's, by its labels; `run` made it.
  PastBackup& ours(std::string run = "earlier-run");
  /// A pass found it certified and wrote that down.
  PastBackup& recorded();
  /// Made by a ScheduledBackup of that name.
  PastBackup& operatorScheduled(std::string scheduled_backup);
  PastBackup& held(std::string value = "true");
  PastBackup& onlyBackupHeld();
  PastBackup& withWal();
  PastBackup& withTablespace(std::string name);
  PastBackup& onPrimary();
  PastBackup& online();

  /// Its Backup failed; its snapshot became ready afterwards all the same.
  PastBackup& failed(std::string error = "can't execute snapshot backup: timed out");
  /// Failed before anything was cut.
  PastBackup& failedWithoutSnapshots();
  /// No controldata: the instance did not answer.
  PastBackup& uncertified();
  PastBackup& unclean(std::string state = "in production");
  /// The data member never got its backupEndTime.
  PastBackup& incomplete();
  /// The snapshot of the WAL volume is missing, though the Cluster had one.
  PastBackup& withoutWalMember();
  PastBackup& notReady();
  PastBackup& erroneous(std::string message);
  /// Being deleted, and held back by a finalizer.
  PastBackup& terminating();
  PastBackup& withUnreadableTime(std::string text = "yesterday");
  PastBackup& withoutBackupObject();
  /// Somebody deleted the snapshots; the Backup still says completed.
  PastBackup& withoutSnapshots();
  /// Still underway, in that phase ("", "pending", "started", "finalizing", or one of the future).
  /// Snapshots exist from "finalizing" on; withSnapshots() adds them earlier.
  PastBackup& inPhase(std::string phase);
  /// For Backups underway: by barmanObjectStore or plugin, which have no snapshots.
  PastBackup& byMethod(std::string method);

  void put(ApiServer& server, BackdatedClock& clock, const Shape& shape) const;

 private:
  json::Value backupObject(const Shape& shape) const;
  json::Value manifest(const ApiServer& server, const Shape& shape) const;
  std::vector<Volume> members(const json::Value& cluster) const;
  std::optional<ControlData> controlData(const Shape& shape) const;
  void putSnapshot(ApiServer& server, const Shape& shape, const json::Value& cluster,
                   const json::Value& backup, const Volume& volume) const;
  void finish(json::Value& snapshot, const json::Value& snapshot_class, const Shape& shape) const;
  void putBackup(ApiServer& server, const Shape& shape) const;
  std::string instance(const Shape& shape) const;

  std::string name_;
  timing::Instant started_;
  timing::Instant ended_;
  std::string method_ = "volumeSnapshot";
  std::string phase_ = "completed";
  std::string error_;
  std::optional<std::string> run_;
  std::string scheduled_by_;
  bool recorded_ = false;
  std::string hold_;
  bool hold_on_snapshots_ = true;
  bool wal_in_manifest_ = false;
  bool wal_member_ = false;
  std::string tablespace_;
  bool primary_ = false;
  bool online_ = false;
  bool has_backup_ = true;
  bool has_snapshots_ = true;
  bool has_control_data_ = true;
  std::string state_;
  bool has_end_time_ = true;
  std::string unreadable_time_;
  bool ready_ = true;
  std::string snapshot_error_;
  bool terminating_ = false;
};

inline PastBackup aBackup(std::string name) {
  return PastBackup(std::move(name));
}

}  // namespace sim
