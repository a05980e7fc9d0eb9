#pragma once

#include <optional>
#include <string>

#include "job/model/cluster.h"
#include "job/model/noobaa_system.h"

namespace job {

/// Whether there is something to recover.
struct RecoveryNeed {
  bool wanted = false;
  std::string snapshot;  // the PG_DATA VolumeSnapshot to come back from, when wanted
  std::string why_not;   // for people, when not
};

/// By recoveryStatus: a Cluster was made and has not been seen up.
bool isRecoveryRunning(const NooBaaSystem& system);

/// Pure. `cluster` is the live one of the name, empty when there is none. Wanted is what dbRecovery
/// names, while the Cluster is absent or going, or is the one that a recovery of ours made from
/// this snapshot and that has not been seen Completed. Any other Cluster is in the way: it has to
/// be deleted first, by a person.
RecoveryNeed recoveryNeed(const NooBaaSystem& system, const std::optional<Cluster>& cluster);

}  // namespace job
