#pragma once

#include <string>

#include "job/failure.h"
#include "job/pass/session.h"

namespace job {

/// Annotates the Backup named in the settings and each of its snapshots as held, or takes that
/// away, under the Lease. Returns what was done, for people; done already is no failure.
Outcome<std::string> holdBackup(Session& session);
Outcome<std::string> releaseBackup(Session& session);

}  // namespace job
