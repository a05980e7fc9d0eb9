#pragma once

#include <string>
#include <string_view>

#include "job/failure.h"
#include "job/pass/session.h"

namespace job {

/// The first line of a command's log: which program does what, to which database, as which run.
void logBegin(Session& session, const std::string& command);

/// The last one: how it ended, after how long and how many requests; a warning or an error when it
/// did not do what it was asked. Why stands in it for whoever reads logs alone; on a terminal the
/// result says so just below.
void logEnd(Session& session, const std::string& command, ExitCode code, std::string_view outcome,
            timing::Duration took, const std::string& why);

}  // namespace job
