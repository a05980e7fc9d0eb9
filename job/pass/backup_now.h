#pragma once

#include "job/pass/session.h"
#include "job/report/pass_result.h"

namespace job {

/// `db-backup`: a backup because a person asked. As a pass, but that one in flight is waited for
/// and never taken for this one, that the name, --online and --hold are the settings', and that an
/// operator's schedule stops neither it nor its verification, only pruning and the status.
PassResult backUpNow(Session& session);

}  // namespace job
