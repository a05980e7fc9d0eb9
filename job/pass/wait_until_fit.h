#pragma once

#include <string>
#include <vector>

#include "job/decide/preflight.h"
#include "job/failure.h"
#include "job/model/cluster.h"
#include "job/pass/run.h"

namespace job {

/// Reads the Cluster anew, as an instance that has just become unready would be snapshotted
/// running, and returns it once nothing speaks against the backup asked for, the `known` findings
/// included. States that pass by themselves are waited out for --preflight-wait, unless
/// something is there that will not; the failure (exit 6) lists all that is left, each with what to
/// do.
Outcome<Cluster> waitUntilFit(Run& run, const std::string& group, const std::vector<Finding>& known,
                              std::vector<std::string>& warnings);

}  // namespace job
