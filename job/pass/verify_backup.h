#pragma once

#include <string>
#include <vector>

#include "job/pass/catalogue.h"
#include "job/pass/pass_lock.h"

namespace job {

/// Judges the backup `name` by what the API shows of it and its snapshots. Snapshots that are not ready yet although
/// their Backup completed are waited for. Returns the catalogue read last, in which the backup is good; else the
/// failure is kBackupFailed with the verdict and its reason, or kTimedOut.
Outcome<Catalogue> verifyBackup(Session& session, PassLock& lock, const std::string& group,
                                const Cluster& cluster, const std::string& name);

}  // namespace job
