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
  /// What dbRecovery names can only come back once a person has deleted the Cluster there is;
  /// whether it is fit for that has to be seen first.
  bool in_the_way = false;
  /// A Pending in recoveryStatus waits for nothing any more.
  bool over = false;
};

/// By recoveryStatus: a recovery was begun and has neither been seen Completed nor taken back.
bool isRecoveryUnfinished(const NooBaaSystem& system);

/// Pure. `cluster` is the live one of the name, empty when there is none. Wanted is what dbRecovery
/// names, while the Cluster is absent or going. A Cluster that a recovery of ours made is followed
/// until it is Completed, from the snapshot it was made from, whatever dbRecovery names by then.
/// Any other Cluster is left alone. A system that is being deleted gets nothing back.
RecoveryNeed recoveryNeed(const NooBaaSystem& system, const std::optional<Cluster>& cluster);

}  // namespace job
