#pragma once

#include <optional>
#include <string>
#include <vector>

#include "job/decide/backup_policy.h"
#include "job/decide/coexistence.h"
#include "job/pass/cluster_reader.h"

namespace job {

/// What a pass is asked to do, and where: read, judged valid, nothing changed.
struct Configuration {
  NooBaaSystem system;
  std::optional<BackupPolicy> policy;  // empty: nothing to do, and `nothing_to_do` says why
  std::string nothing_to_do;
  std::string group;                    // the CNPG API group in use
  std::vector<std::string> all_groups;  // CNPG groups that may hold Clusters
  std::optional<Cluster> cluster;
  std::vector<ScheduledBackup> active_schedules;
};

/// Does somebody else schedule backups, to whom --operator-schedule defers?
bool isDeferred(const Session& session, const Configuration& configuration);

/// Reads the NooBaa CR, the Cluster and the schedules of others. Whatever is wrong with the
/// configuration itself (78) comes out here, before anything is created, the lock's Lease included.
Outcome<Configuration> readConfiguration(Session& session);

/// Its steps, for who shows each; the first is readSystem.

/// From `system`: the policy, or that there is nothing to do.
Outcome<void> decideWhatToDo(const Session& session, Configuration& configuration);
/// The CNPG API group and the Cluster.
Outcome<void> findWhere(Session& session, Configuration& configuration);
/// Who else schedules backups of the Cluster.
Outcome<void> readActiveSchedules(Session& session, Configuration& configuration);

}  // namespace job
