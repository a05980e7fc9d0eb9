#pragma once

#include <optional>
#include <string>

#include "job/pass/clear_the_way.h"
#include "job/pass/pass_lock.h"
#include "job/pass/run.h"

namespace job {

/// Refuses (6) a name given for a new Backup that a Backup or a snapshot has, as CNPG would take
/// old snapshots of it for the new backup's. No name given, or a Backup of this very run to adopt:
/// fine.
Outcome<void> refuseTakenName(Run& run, const std::string& group);

/// Creates the Backup. Without a name given it tries the following seconds when somebody else's
/// Backup has just taken one. Empty when another began, or a result of this run came, since the way
/// was clear: a process that stood still may have lost its Lease to another long ago, so the last
/// look is one request before the POST.
Outcome<std::optional<Backup>> createBackup(Run& run, PassLock& lock, const std::string& group,
                                            const Cleared& cleared);

}  // namespace job
