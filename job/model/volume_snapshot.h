#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "common/json/value.h"
#include "common/json/view.h"
#include "job/model/cluster.h"
#include "job/model/control_data.h"
#include "job/model/timestamp.h"

namespace job {

enum class VolumeRole { kData, kWal, kTablespace };
std::string_view toString(VolumeRole role);  // PG_DATA, PG_WAL, PG_TABLESPACE

/// A VolumeSnapshot that CNPG made, reduced to what decisions need: the manifest and controldata
/// annotations, most of its 20 KiB, are read and dropped, so that thousands fit into memory.
struct VolumeSnapshot {
  std::string name;
  std::string uid;
  std::string resource_version;
  std::string cluster;             // label cnpg.io/cluster
  std::string backup_name;         // label cnpg.io/backupName; empty: not one of CNPG's groups
  std::string scheduled_by;        // label cnpg.io/scheduled-backup, if a version copies it
  std::optional<VolumeRole> role;  // annotation cnpg.io/pvcRole; empty when absent or unknown
  std::string tablespace;          // label cnpg.io/tablespaceName
  std::string source_pvc;
  bool ready = false;        // status.readyToUse is true
  std::string error;         // status.error.message
  std::string restore_size;  // status.restoreSize, a quantity
  bool deleting = false;
  Timestamp created;
  Timestamp backup_start;       // annotation cnpg.io/backupStartTime
  Timestamp backup_end;         // annotation cnpg.io/backupEndTime, written only on completion
  bool has_label_file = false;  // annotation cnpg.io/backupLabelFile not empty: an online backup
  std::optional<ControlData> control_data;
  std::optional<VolumeSet>
      manifest_volumes;              // of the annotation cnpg.io/clusterManifest, if readable
  std::string manifest_cluster_uid;  // of the Cluster object in that annotation
  bool ours = false;
  std::string run;
  bool held = false;
  bool unreadable = false;       // a stub: the object is not what the API promises
  std::string recorded_verdict;  // annotation noobaa.io/db-backup-verdict
  friend bool operator==(const VolumeSnapshot&, const VolumeSnapshot&) = default;
};

tl::expected<VolumeSnapshot, json::Error> readVolumeSnapshot(const json::Value& object);

}  // namespace job
