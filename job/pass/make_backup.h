#pragma once

#include <string>
#include <vector>

#include "job/decide/rights.h"
#include "job/model/backup.h"
#include "job/pass/configuration.h"
#include "job/pass/pass_lock.h"

namespace job {

/// The Backup that this pass stands for: made now, adopted in flight, or completed by an earlier
/// attempt of this run.
struct Started {
  Backup backup;
  std::vector<Right> missing_to_finish;
  std::vector<std::string> warnings;
};

/// Adopts; or awaits whatever other Backup is in flight, checks the preconditions, waits until the
/// cluster is fit, takes over from other schedules if told to, and creates the Backup. Failures: 5
/// (a foreign Backup outlasts --timeout), 6 (not fit), or why the API refused.
Outcome<Started> startBackup(Session& session, PassLock& lock, Configuration& configuration);

}  // namespace job
