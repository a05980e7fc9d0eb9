#pragma once

#include "job/decide/backup_request.h"
#include "job/pass/session.h"
#include "job/report/pass_result.h"

namespace job {

/// Makes the backup asked for, or takes over the one that stands for it, and finishes as far as it
/// is for us: what `run` and `db-backup` have in common. Every step can be repeated; one killed at
/// any point is finished by the next pass. Never throws for what the cluster does; the result says
/// everything.
PassResult backUp(Session& session, const BackupRequest& request);

}  // namespace job
