#pragma once

#include "job/pass/session.h"
#include "job/report/pass_result.h"

namespace job {

/// `prune`: retention alone, under the Lease; with --dry-run or --plan-out only the decisions, with
/// --plan exactly that plan or nothing (exit 4: stale).
PassResult pruneNow(Session& session);

}  // namespace job
