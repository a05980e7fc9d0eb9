#pragma once

#include <string>
#include <vector>

#include "job/decide/preflight.h"
#include "job/model/cluster.h"
#include "job/pass/pass_lock.h"

namespace job {

/// Returns the cluster once nothing speaks against stopping an instance of it. States that pass by themselves are
/// waited out for --preflight-wait; the failure (exit 6) lists what is left, each with what to do.
/// `cluster` is the state to judge first.
Outcome<Cluster> waitUntilFit(Session& session, PassLock& lock, const std::string& group, Cluster cluster,
                              std::vector<std::string>& warnings);

}  // namespace job
