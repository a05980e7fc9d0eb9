#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/json/value.h"
#include "job/failure.h"
#include "job/model/control_data.h"
#include "job/pass/cluster_reader.h"
#include "job/pass/session.h"

namespace job {

/// What a drill restores, and as what.
struct DrillPlan {
  std::string backup;
  std::string data;                        // its PG_DATA VolumeSnapshot
  std::optional<ControlData> certificate;  // what that says of its database
  std::string group;                       // the CNPG API group of the Cluster
  json::Value cluster;                     // to create
  bool volumes_stay = false;               // reclaimPolicy Retain: somebody has to delete them
  std::vector<std::string> warnings;
};

/// Reads only: chooses the backup, builds the Cluster from its manifest, and asks what would keep
/// it from coming up or from being removed: rights, image, quotas. No good backup, or one that
/// can't be restored: 3; no room, no image, or a backup that has not ended: 6; without the right to
/// delete what it would create: 77. `backup` is set as soon as one is chosen. The live Cluster may
/// be gone.
Outcome<DrillPlan> planDrill(Session& session, const ClusterFinding& finding,
                             const std::string& name, std::string& backup);

}  // namespace job
