#pragma once

#include <string>

#include "job/decide/prune_plan_file.h"
#include "job/failure.h"

namespace job {

/// The file of `prune --plan`. One that can't be read, or is no plan, is 78, as a bad kubeconfig
/// is: it is the file that has to be corrected.
Outcome<PrunePlanFile> readPlanFile(const std::string& path);

/// Writes the file of `prune --plan-out`, indented for people, in place of one that is there.
Outcome<void> writePlanFile(const std::string& path, const PrunePlanFile& plan);

}  // namespace job
