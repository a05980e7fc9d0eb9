#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "common/json/value.h"
#include "common/json/view.h"
#include "job/model/timestamp.h"

namespace job {

/// How far a Backup is. CNPG adds phases between versions: whatever is unknown has not ended.
enum class BackupProgress { kInFlight, kCompleted, kFailed };

/// A CNPG Backup object.
struct Backup {
  std::string name;
  std::string uid;
  std::string resource_version;
  std::string cluster;          // spec.cluster.name
  std::string method;           // "barmanObjectStore" when absent, as CNPG defaults it
  std::optional<bool> online;   // spec.online; status.online is wrong up to CNPG 1.30 and not read
  bool has_label_file = false;  // status.backupLabelFile: it was an online backup
  std::string phase;            // status.phase as written, "" before CNPG looked at it
  BackupProgress progress = BackupProgress::kInFlight;
  std::string error;     // status.error
  std::string instance;  // status.instanceID.podName
  Timestamp created;
  Timestamp started;  // status.startedAt
  Timestamp stopped;  // status.stoppedAt, only on completion
  bool deleting = false;
  bool ours = false;         // label noobaa.io/db-backup: "true"
  std::string run;           // label noobaa.io/db-backup-run
  bool held = false;         // annotation noobaa.io/db-backup-hold, any value but "false"
  std::string scheduled_by;  // label cnpg.io/scheduled-backup

  bool isVolumeSnapshot() const { return method == "volumeSnapshot"; }
  /// startedAt, else its creation, whichever can be read.
  std::optional<timing::Instant> begun() const;
  /// For messages.
  std::string phaseInWords() const { return phase.empty() ? "not set" : phase; }
  friend bool operator==(const Backup&, const Backup&) = default;
};

/// completed; failed, "invalid backup definition" (CNPG 1.30), or reconciliationTerminatedAt (1.29)
/// without completing; all else is in flight.
tl::expected<Backup, json::Error> readBackup(const json::Value& object);

}  // namespace job
