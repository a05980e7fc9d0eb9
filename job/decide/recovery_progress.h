#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/json/value.h"
#include "common/time/instant.h"

namespace job {

/// What is seen of a Cluster that is being made from a backup. Objects of other Clusters among them
/// are left out.
struct RecoverySighting {
  json::Value cluster;
  std::vector<json::Value> claims;
  std::vector<json::Value> jobs;
  std::vector<json::Value> pods;
  std::vector<json::Value> snapshots;  // of spec.bootstrap.recovery, those that there are
  std::vector<json::Value> events;     // v1 or events.k8s.io/v1, about claims; may be left out
  timing::Instant now;
};

/// How far a Cluster that is being made from a backup has come.
struct RecoveryProgress {
  enum class State { kGoingOn, kDone, kFailed };
  enum class Cause {
    kInProgress,
    kProven,
    kDeleting,          ///< somebody deleted the Cluster
    kSnapshotGone,      ///< CNPG waits for it for ever, and says nothing
    kSnapshotUnfit,     ///< other role, or other backup: likewise
    kSnapshotNotReady,  ///< may become so
    kVolumeTooSmall,    ///< smaller than the snapshot: never provisioned
    kVolumePending,     ///< not provisioned yet; class, driver, quota
    kSourceMissing,     ///< a volume that spec.bootstrap names no snapshot for
    kJobFailed,
    kPhase,            ///< of CNPG's, without a way out by itself
    kCrashLooping,     ///< wrong data or PostgreSQL major
    kBurnt,            ///< CNPG began, and nothing is there: it never begins again
    kNotFromSnapshot,  ///< up, or coming up, with other data
    kUnproven,         ///< up, and what would prove its data is not there any more
    kReplicaFailed     ///< the primary is up, a standby cannot join
  };
  State state = State::kGoingOn;
  Cause cause = Cause::kInProgress;
  /// The Cluster has to be deleted before another try can succeed. Never of a database that has
  /// been up: what was written to it since is nowhere else.
  bool must_delete = false;
  std::string
      words;  // for people: what it waits for, by what it is proven, or why it can't succeed
};
std::string_view toString(RecoveryProgress::Cause cause);  // "InProgress"...

/// Pure. `snapshot` is the PG_DATA VolumeSnapshot that the data has to come from. Done is what
/// CNPG's status alone does not show: healthy, all instances ready, a primary, and each volume of
/// the first instance is a claim no older than the Cluster, with the wanted snapshot as its
/// dataSource. Where that instance was lost meanwhile, nothing proves it, and it goes on: neither
/// Done nor Failed.
RecoveryProgress recoveryProgress(const RecoverySighting& seen, const std::string& snapshot);

}  // namespace job
