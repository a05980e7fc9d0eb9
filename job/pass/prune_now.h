#pragma once

#include "job/pass/session.h"
#include "job/report/pass_result.h"

namespace job {

/// `prune`: retention alone, under the Lease, and the status that follows from it.
///
/// --dry-run and --plan-out only look: without the Lease, and for rights to read alone. --plan
/// deletes exactly what that file says, or nothing when it is stale (4, refused): all of it is
/// compared with what would be decided now before the first delete, and each backup again, as in
/// any pass, before its own. What shows only then ends it, with 4 and what was deleted so far.
PassResult pruneNow(Session& session);

}  // namespace job
