#pragma once

#include <string>
#include <vector>

#include "job/failure.h"
#include "job/pass/cluster_reader.h"
#include "job/pass/pass_lock.h"
#include "job/pass/session.h"

namespace job {

/// Makes room for a drill: nothing is left under its Cluster's name, in any CNPG group that may be
/// looked at. Whoever holds the drill's Lease is alone at it, so that a drill's Cluster found there
/// is a killed one's: it is removed, and waited for until it is gone. kRefused when the name is
/// taken by something else, or by claims that CNPG would take up in place of the snapshot.
/// `warnings` says what was removed.
Outcome<void> clearDrillPlace(Session& session, PassLock& lock, const ClusterFinding& finding,
                              const std::string& name, std::vector<std::string>& warnings);

}  // namespace job
