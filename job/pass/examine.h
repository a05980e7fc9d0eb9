#pragma once

#include <optional>
#include <string>
#include <vector>

#include "job/decide/backup_policy.h"
#include "job/decide/rights.h"
#include "job/pass/cluster_reader.h"

namespace job {

/// What a pass knows before it takes the lock: everything is read, nothing changed.
struct Examination {
  NooBaaSystem system;
  std::optional<BackupPolicy> policy;  // empty: nothing to do, and `nothing_to_do` says why
  std::string nothing_to_do;
  std::string group;
  std::optional<Cluster> cluster;
  std::vector<ScheduledBackup> active_schedules;
  VolumeClaims claims;
  std::vector<Right> missing_to_finish;  // rights that will be missed after the backup
  std::vector<std::string> warnings;
};

/// Reads the NooBaa CR and the Cluster and judges whatever is wrong with the configuration itself: CR, CRDs,
/// rights, snapshot classes. Such errors come before anything is created, the lock's Lease included.
Outcome<Examination> examine(Session& session);

}  // namespace job
