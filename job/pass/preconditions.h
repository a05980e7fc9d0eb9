#pragma once

#include <string>
#include <vector>

#include "job/decide/rights.h"
#include "job/pass/configuration.h"

namespace job {

/// What is known to go wrong after the backup, though it can be made.
struct Preconditions {
  std::vector<Right> missing_to_finish;
  std::vector<std::string> warnings;
};

/// Checked before a new Backup is made, and only then (one in flight is adopted whatever they say):
/// there is a Cluster, this account has the rights to make, follow and judge a backup (else 77),
/// the snapshot classes exist and belong to the volumes' driver (else 6).
Outcome<Preconditions> checkPreconditions(Session& session, const Configuration& configuration);

}  // namespace job
