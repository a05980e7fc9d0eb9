#pragma once

#include "job/pass/session.h"
#include "job/report/pass_result.h"

namespace job {

/// `run`: one backup pass, from the CR to the status. Every step can be repeated; one killed at any
/// point is finished by the next pass. Never throws for what the cluster does; the result says
/// everything.
PassResult runPass(Session& session);

/// `db-backup`: a backup because a person asked, of the settings' name, online, held. As a pass,
/// but another's in flight is waited for and never taken for this one (that takes the same
/// --run-id), not configured is a failure (78), and an operator's schedule stops neither the backup
/// nor its verification, only pruning and the status.
PassResult backUpNow(Session& session);

}  // namespace job
