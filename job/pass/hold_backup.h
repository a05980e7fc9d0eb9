#pragma once

#include <string>

#include "job/failure.h"
#include "job/pass/session.h"

namespace job {

/// Annotates the backup named in the settings as held, or takes that away, under the Lease: its
/// Backup first, as passes copy that one's hold to the snapshots, then each snapshot, whichever of
/// them are left. Returns what was done, for people, and of a release what becomes of the backup;
/// done already is no failure. No such backup, and holding one that is being deleted: 78.
Outcome<std::string> holdBackup(Session& session);
Outcome<std::string> releaseBackup(Session& session);

}  // namespace job
