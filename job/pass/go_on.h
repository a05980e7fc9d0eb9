#pragma once

#include <string>

#include "job/pass/configuration.h"
#include "job/pass/run.h"

namespace job {

/// The command that follows a Backup.
std::string followCommand(const Session& session, const Configuration& configuration,
                          const Backup& backup);

/// In words: who goes on with a Backup of this run that is left in flight. The next pass, but for
/// one that it does not take for its own, or beside an operator's schedule: only a retry of this
/// run does then, so how to follow it and how to retry.
std::string howItGoesOn(const Run& run, const Configuration& configuration, const Backup& backup);

}  // namespace job
