#pragma once

#include <string>

#include "job/failure.h"
#include "job/pass/session.h"

namespace job {

/// why: what explainBackup() finds, in the chosen format.
Outcome<std::string> showWhy(Session& session);

}  // namespace job
