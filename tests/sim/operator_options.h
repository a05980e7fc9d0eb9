#pragma once

#include <chrono>

#include "common/time/instant.h"

namespace sim {

/// How long the CNPG operator, the instances and their kubelet take. The defaults are those of a
/// real operator with quick storage; it looks again every ten seconds whatever happens.
struct OperatorTiming {
  timing::Duration reaction = std::chrono::milliseconds(100);  // until a new object is looked at
  timing::Duration poll = std::chrono::seconds(10);
  timing::Duration missing_retry = std::chrono::seconds(30);  // Cluster or instance not found
  timing::Duration shutdown = std::chrono::seconds(2);        // fence to PostgreSQL stopped
  timing::Duration restart = std::chrono::seconds(3);         // unfence to instance ready
  timing::Duration fence_to_snapshot = std::chrono::seconds(10);
  timing::Duration snapshot_to_unfence = std::chrono::seconds(3);
  timing::Duration unfence_to_finalizing = std::chrono::milliseconds(300);
  timing::Duration finalizing_to_completed = std::chrono::seconds(2);

  timing::Duration bootstrap = std::chrono::seconds(10);  // a job that fills an instance's volumes
  timing::Duration source_retry =
      std::chrono::seconds(5);  // until missing snapshots are looked for
  timing::Duration claim_removal = std::chrono::seconds(5);  // deletionTimestamp to gone

  /// The same cluster, so many times as fast.
  OperatorTiming fasterBy(double factor) const;
};

/// What changed between CNPG's releases, as far as a client can see it.
struct Release {
  bool queued_is_pending =
      false;                // 1.29: phase "pending" also behind another Backup, or without Cluster
  bool app_labels = false;  // 1.28: app.kubernetes.io/* on snapshots
  bool reconciliation_times = false;  // 1.29: status.reconciliationTerminatedAt, on failure too
  bool oldest_first = false;          // 1.30: the queue is in order of creation, not of names
  bool invalid_definition = false;    // 1.30: phase "invalid backup definition"

  static Release v1_27() { return {}; }
  static Release v1_29() {
    return {.queued_is_pending = true, .app_labels = true, .reconciliation_times = true};
  }
  static Release v1_30() {
    return {.queued_is_pending = true,
            .app_labels = true,
            .reconciliation_times = true,
            .oldest_first = true,
            .invalid_definition = true};
  }
};

struct OperatorOptions {
  OperatorTiming timing = {};
  Release release = {};
};

}  // namespace sim
