#pragma once

#include "job/pass/session.h"
#include "job/report/pass_result.h"

namespace job {

/// The command `sync`, between passes: puts the CronJob that starts them (--cronjob) in step with
/// the NooBaa CR, writes the status anew where the cluster has changed, and warns of a missed
/// backup and of an instance that is fenced for nobody. Makes and deletes no backup. The status is
/// written under the Lease; held by another, that is left to the next sync. Never throws for what
/// the cluster does.
PassResult sync(Session& session);

}  // namespace job
