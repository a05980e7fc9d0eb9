#pragma once

#include <optional>
#include <string>
#include <vector>

#include "job/model/backup.h"
#include "job/model/volume_snapshot.h"

namespace job {

/// One backup as users count it: a CNPG Backup and the VolumeSnapshots that carry its name in label
/// cnpg.io/backupName. Either part may be gone.
struct BackupGroup {
  std::string name;
  std::optional<Backup> backup;
  std::vector<VolumeSnapshot> members;

  const VolumeSnapshot* data() const;  // the PG_DATA member, nullptr when there is none
  bool online() const;                 // Backup.spec.online, or a backup label file on either part
  bool ours() const;
  /// Some member stands in as a stub, so that nothing can be said of the whole.
  bool hasUnreadableMember() const;
  bool heldByAnnotation() const;  // on the Backup or on any member
  /// backupEndTime of the PG_DATA member; absent when there is none.
  Timestamp endTime() const;
  /// When it began: Backup startedAt, else its creation, else the members' earliest creation.
  /// Orders those that failed.
  Timestamp beginTime() const;
};

}  // namespace job
