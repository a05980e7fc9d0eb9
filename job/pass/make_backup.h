#pragma once

#include <optional>
#include <string>
#include <vector>

#include "job/decide/rights.h"
#include "job/model/backup.h"
#include "job/pass/configuration.h"
#include "job/pass/pass_lock.h"
#include "job/pass/run.h"

namespace job {

/// The Backup that this pass stands for: made now, adopted in flight, or completed by an earlier
/// attempt of this run.
struct Started {
  Backup backup;
  std::vector<Right> missing_to_finish;
  std::vector<std::string> warnings;
};

/// Adopts; or checks the preconditions, waits until the cluster is fit, takes over from other
/// schedules if told to, and creates the Backup. Empty: another Backup was in flight and has been
/// waited for, or began meanwhile; read the configuration again and look again, which
/// `looked_before` then says. Failures: 5 (another Backup outlasts --timeout), 6 (not fit, or the
/// name is taken), or why the API refused.
Outcome<std::optional<Started>> startBackup(Run& run, PassLock& lock, Configuration& configuration,
                                            bool looked_before);

}  // namespace job
