#pragma once

#include <optional>
#include <string>
#include <vector>

#include "job/model/backup.h"
#include "job/pass/examine.h"
#include "job/pass/pass_lock.h"

namespace job {

/// The Backup that this pass stands for: made now, adopted in flight, or completed by an earlier attempt of this run.
struct Started {
  Backup backup;
  bool adopted = false;
};

/// Awaits whatever other Backup is in flight, waits until the cluster is fit, and creates the Backup; or adopts. The
/// warnings of the checks are added to `warnings`. Failures: 5 (a foreign Backup outlasts --timeout), 6 (the
/// cluster is not fit), or why the API refused.
Outcome<Started> startBackup(Session& session, PassLock& lock, const Examination& examination,
                             std::vector<std::string>& warnings);

}  // namespace job
