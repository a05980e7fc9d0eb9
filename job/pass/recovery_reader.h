#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "job/decide/leftovers.h"
#include "job/decide/recovery_progress.h"
#include "job/decide/recovery_source.h"
#include "job/failure.h"
#include "job/pass/session.h"

namespace job {

/// What bringing a database back reads. A failure says what could not be read and why.

/// The backup that the VolumeSnapshot `wanted` is the PG_DATA of; the inner error says why the
/// database can't come back from it. `groups` are the CNPG API groups that its Backup may be in.
using ChosenSource = tl::expected<RecoverySource, std::string>;
Outcome<ChosenSource> findSource(Session& session, const std::vector<std::string>& groups,
                                 const std::string& wanted, const RecoveryDemands& demands);

/// What a deleted Cluster left in the namespace: three lists, by CNPG's label.
Outcome<Leftovers> readLeftovers(Session& session, const std::string& cluster);

/// The Cluster object as it is; empty when there is none of that name.
Outcome<std::optional<json::Value>> readClusterObject(Session& session, const std::string& group,
                                                      const std::string& name);
/// What there is around a Cluster that comes up from snapshots, without events.
Outcome<RecoverySighting> sightRecovery(Session& session, json::Value cluster);

/// Is a noobaa-operator at work, by the ready replicas of its Deployment in the namespace?
Outcome<bool> isOperatorReady(Session& session);

/// Why no Cluster of this spec could start for want of its image; empty: nothing is known to speak
/// against it. One whose catalogue may not be looked at is warned about.
Outcome<std::string> imageProblem(Session& session, const std::string& group,
                                  const json::Value& cluster, std::vector<std::string>& warnings);

}  // namespace job
