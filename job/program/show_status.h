#pragma once

#include <string>

#include "job/failure.h"
#include "job/pass/session.h"

namespace job {

/// db-backup-status: reads everything live, changes nothing, returns the text in the chosen format.
Outcome<std::string> showStatus(Session& session);

}  // namespace job
