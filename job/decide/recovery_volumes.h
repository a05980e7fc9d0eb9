#pragma once

#include <string>
#include <vector>

#include "common/json/value.h"
#include "common/json/view.h"
#include "job/model/cluster.h"
#include "job/model/timestamp.h"
#include "job/model/volume_snapshot.h"

namespace job {

// What the volumes of a Cluster that is being made from a backup come from.

/// A volume of the first instance, and where it has to come from.
struct RecoveryOrigin {
  VolumeRole role = VolumeRole::kData;
  std::string tablespace;
  std::string snapshot;  // of spec.bootstrap.recovery; "" when that names none
  std::string inWords() const;
};

/// A PersistentVolumeClaim.
struct RecoveryClaim {
  std::string name;
  std::string tablespace;
  std::string source;  // spec.dataSource.name, when that is a VolumeSnapshot
  std::string size;
  Timestamp created;
  bool bound = false;
  bool deleting = false;
};

/// A VolumeSnapshot that spec.bootstrap.recovery names.
struct RecoverySnapshot {
  std::string name;
  std::string role;
  std::string backup;
  std::string restore_size;
  std::string error;
  bool ready = false;
};

/// Of the Cluster's volumes, that of the data first.
std::vector<RecoveryOrigin> originsOf(const json::Value& cluster);
RecoveryClaim readRecoveryClaim(const json::View& object);
RecoverySnapshot readRecoverySnapshot(const json::View& object);
/// The claim for the volume of that instance; nullptr when there is none yet.
const RecoveryClaim* claimFor(const RecoveryOrigin& origin, const std::string& instance,
                              const std::vector<RecoveryClaim>& claims);

}  // namespace job
