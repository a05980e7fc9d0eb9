#pragma once

#include <optional>
#include <string>

#include "common/json/value.h"
#include "common/time/instant.h"
#include "tests/sim/controldata.h"
#include "tests/sim/operator_options.h"
#include "tests/sim/volumes.h"

namespace sim {

/// The moment a snapshot is cut.
struct Cut {
  std::string instance;
  bool primary = false;
  timing::Instant at;
  std::optional<ControlData> control_data;
  bool online = false;
  Release release;
};

/// The VolumeSnapshot that CNPG creates, before the snapshot controller has seen it. `claim` is the
/// volume's PersistentVolumeClaim, null when it is gone.
json::Value snapshotObject(const json::Value& cluster, const json::Value& backup,
                           const json::Value& claim, const Volume& volume, const Cut& cut);

/// The content a driver made for a snapshot that exists (it has a uid).
json::Value contentObject(const json::Value& snapshot, const json::Value& snapshot_class);
std::string contentName(const json::Value& snapshot);

/// The finalizers the snapshot controller puts on a VolumeSnapshot of a class.
json::Value snapshotFinalizers(const json::Value& snapshot_class);

/// An element of a Backup's status.snapshotBackupStatus.
json::Value elementOf(const json::Value& snapshot);

}  // namespace sim
