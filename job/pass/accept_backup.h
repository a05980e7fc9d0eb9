#pragma once

#include <string>

#include "job/pass/catalogue.h"
#include "job/pass/configuration.h"
#include "job/pass/run.h"

namespace job {

/// Verifies the completed Backup `name` and puts its verdict into the result; the catalogue
/// returned has it as a good one. Failures: 3 (it is not good), 124 (its snapshots did not become
/// ready).
Outcome<Catalogue> acceptBackup(Run& run, const Configuration& configuration,
                                const std::string& name);

}  // namespace job
