#pragma once

#include <string>
#include <vector>

#include "job/decide/preflight.h"
#include "job/failure.h"
#include "job/model/cluster.h"
#include "job/pass/session.h"

namespace job {

/// Returns the Cluster, `seen` moments ago, once nothing speaks against stopping an instance of it,
/// the `known` findings included. States that pass by themselves are waited out for
/// --preflight-wait, unless something is there that will not; the failure (exit 6) lists all that
/// is left, each with what to do.
Outcome<Cluster> waitUntilFit(Session& session, const std::string& group, Cluster seen,
                              const std::vector<Finding>& known,
                              std::vector<std::string>& warnings);

}  // namespace job
