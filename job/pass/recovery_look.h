#pragma once

#include <optional>
#include <string>
#include <vector>

#include "job/failure.h"
#include "job/model/noobaa_system.h"
#include "job/pass/session.h"

namespace job {

/// How a recovery stands, as one look at the cluster shows it.
struct RecoveryLook {
  enum class State {
    kNothingToDo,
    kDeferred,  ///< noobaa-operator is at work, and recovers by itself
    kUnfit,     ///< it can't succeed: the snapshot, or what the Cluster needs
    kOrphaned,  ///< claims that CNPG would take up in place of the snapshot
    kGoing,     ///< what is left of the old Cluster is going
    kReady,     ///< the Cluster can be created
    kComingUp,  ///< it was, and is coming up
    kUnable,    ///< it was, and can't come up
    kUp         ///< it is up, and its data is the snapshot's
  };
  State state = State::kNothingToDo;
  std::string words;  // one clause for people: why, with what to do
  NooBaaSystem system;
  std::string snapshot;                // the PG_DATA VolumeSnapshot wanted
  std::string backup;                  // the one it belongs to; "" when not known
  std::vector<std::string> snapshots;  // of the backup, as far as known
  std::string group;                   // the CNPG API group in use
  json::Value cluster;                 // kReady: what to create
  std::string begun;                   // RFC 3339: when the Cluster was created; "" before
  std::vector<std::string> warnings;
  bool over = false;  // kNothingToDo: a Pending in recoveryStatus waits for nothing any more

  /// What recoveryStatus should say; empty: it is left as it is; one without
  /// anything in it: none.
  std::optional<RecoveryStatus> status() const;
};

/// Looks, in this order: is there something to recover, does noobaa-operator do it, is the snapshot
/// fit, what is left of the old Cluster; or, once the Cluster is there, how far it has come. Reads
/// only. What is wrong with the snapshot or the Cluster is a state, not a failure.
Outcome<RecoveryLook> lookAtRecovery(Session& session);

}  // namespace job
