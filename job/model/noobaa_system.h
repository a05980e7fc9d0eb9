#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "common/json/value.h"
#include "common/json/view.h"
#include "job/model/timestamp.h"

namespace job {

/// status.dbStatus.backupStatus as it stands; the operator writes absent for 0 and for an empty
/// list.
struct BackupStatus {
  std::string last_backup_time;  // RFC 3339 text, "" when absent
  std::string next_backup_time;
  std::int64_t total_snapshots = 0;
  std::vector<std::string> available_snapshots;
  friend bool operator==(const BackupStatus&, const BackupStatus&) = default;
};

/// status.dbStatus.recoveryStatus as it stands, noobaa-operator's or ours.
struct RecoveryStatus {
  std::string status;  // Pending, Running, Completed, Failed, None; "" when absent
  std::string snapshot_name;
  std::string recovery_time;  // RFC 3339 text, when the Cluster was made; "" when absent
  friend bool operator==(const RecoveryStatus&, const RecoveryStatus&) = default;
};

/// spec.dbSpec.dbBackup as written, before it is judged (decide/backup_policy.h).
struct BackupSpec {
  std::optional<std::string> schedule;
  std::optional<std::string> snapshot_class;
  std::optional<std::int64_t> max_snapshots;
};

/// The NooBaa CR (noobaa.io/v1alpha1), what concerns its database's backups.
struct NooBaaSystem {
  std::string name;
  std::string name_space;
  std::string uid;
  std::string resource_version;
  bool deleting = false;
  bool has_db_spec = false;
  bool external_postgres = false;  // spec.externalPgSecret set: the database is not ours to back up
  std::optional<BackupSpec> backup;              // absent: nothing is backed up or deleted
  std::optional<std::string> recovery_snapshot;  // spec.dbSpec.dbRecovery.volumeSnapshotName
  std::optional<BackupStatus> backup_status;
  std::optional<RecoveryStatus> recovery_status;
};

/// Reads both the nested form (dbBackup.volumeSnapshot.*, the real CRD) and the flat one; both
/// present and different is an error at the flat path.
tl::expected<NooBaaSystem, json::Error> readNooBaaSystem(const json::Value& object);

/// The ownerReference by which the system owns a Cluster: as its controller, and without blocking
/// its own deletion, which OpenShift grants only to who may set finalizers on the owner.
json::Value ownerReferenceTo(const NooBaaSystem& system);

}  // namespace job
