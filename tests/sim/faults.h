#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/time/instant.h"

namespace sim {

/// What goes wrong in the cluster. The actors look here each time they act, so a test may change it
/// underway.
struct Faults {
  /// --- The CSI driver and the snapshot controller. ---
  struct SnapshotError {
    std::string message;      // CNPG retries by its text: "timed out", "HTTPStatusCode: 503"...
    int times = 1;            // how many attempts still fail so
    std::string suffix = {};  // only snapshots whose name ends like this, e.g. "-wal"
  };
  std::vector<SnapshotError> snapshot_errors;
  bool driver_silent = false;         // nothing ever happens to a VolumeSnapshot
  bool snapshot_never_ready = false;  // provisioned, then nothing
  std::optional<timing::Duration>
      ready_after;  // instead of the usual delay, e.g. after its Backup failed

  /// --- The operator. ---
  struct Downtime {
    timing::Instant from;
    timing::Instant until;
  };
  std::vector<Downtime> operator_down;
  std::string
      creation_refused;      // the API server's words when the operator creates a VolumeSnapshot
  std::string omitted_role;  // "PG_WAL": not snapshotted, yet completed (CNPG #9053)
  bool stays_finalizing = false;
  bool no_end_time = false;  // completed, but its snapshots never get backupEndTime
  bool fence_stays_after_failure = false;

  /// --- A new Cluster. ---
  bool recovery_job_fails = false;  // the phase then stays "Setting up primary"
  bool instance_crashes = false;  // PostgreSQL ends again and again: damaged data, or another major
  std::string restored_system_id = {};  // instead of the original's
  bool claims_never_go = false;         // deleted claims stay Terminating

  /// --- The instance. ---
  bool controldata_missing = false;  // the instance did not answer
  std::string controldata_state;     // "in production": instead of the true one
  /// "0/6000000": of a standby that fell behind, instead of the true one.
  std::string controldata_checkpoint;
};

}  // namespace sim
