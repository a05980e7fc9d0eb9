#pragma once

#include <string>
#include <vector>

#include "common/json/value.h"
#include "job/failure.h"
#include "job/model/noobaa_system.h"
#include "job/pass/session.h"

namespace job {

/// The Cluster that `bootstrap` is about.
struct ComposedCluster {
  NooBaaSystem system;  // its owner
  std::string group;    // CNPG's API group
  json::Value object;
  std::string origin;  // for people: "from VolumeSnapshot noobaa/backup-1"
  std::vector<std::string> warnings;
};

/// By --initdb, --from-snapshot or --import-from, and what the NooBaa CR says. Reads only. Without
/// a readable manifest a backup's Cluster is what the CR asks for. kRecoveryFailed: the snapshot is
/// not fit; kConfiguration: what it is to be made of is not known, or the CR that would own it is
/// going.
Outcome<ComposedCluster> composeCluster(Session& session);

}  // namespace job
