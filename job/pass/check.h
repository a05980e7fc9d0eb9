#pragma once

#include "job/pass/session.h"
#include "job/report/check_report.h"

namespace job {

/// The command `check`: looks at all that a pass depends on, by the functions that the pass uses,
/// and only reads. Goes on after a failure as far as what it found allows.
CheckLines check(Session& session);

}  // namespace job
