#include "job/model/backup_group.h"

#include <algorithm>

namespace job {
namespace {

/// The earliest of the members' creations; one that can't be read could be the earliest.
Timestamp earliestCreation(const std::vector<VolumeSnapshot>& members) {
  Timestamp earliest;
  for (const VolumeSnapshot& member : members) {
    if (member.created.unreadable()) return member.created;
    const auto created = member.created.instant();
    if (created && (earliest.absent() || *created < *earliest.instant())) {
      earliest = member.created;
    }
  }
  return earliest;
}

}  // namespace

const VolumeSnapshot* BackupGroup::data() const {
  const auto found = std::find_if(members.begin(), members.end(), [](const VolumeSnapshot& member) {
    return member.role == VolumeRole::kData;
  });
  return found != members.end() ? &*found : nullptr;
}

bool BackupGroup::online() const {
  if (backup && (backup->online == true || backup->has_label_file)) return true;
  return std::any_of(members.begin(), members.end(),
                     [](const VolumeSnapshot& member) { return member.has_label_file; });
}

bool BackupGroup::hasUnreadableMember() const {
  return std::any_of(members.begin(), members.end(),
                     [](const VolumeSnapshot& member) { return member.unreadable; });
}

bool BackupGroup::ours() const {
  return (backup && backup->ours) ||
         std::any_of(members.begin(), members.end(),
                     [](const VolumeSnapshot& member) { return member.ours; });
}

bool BackupGroup::heldByAnnotation() const {
  return (backup && backup->held) ||
         std::any_of(members.begin(), members.end(),
                     [](const VolumeSnapshot& member) { return member.held; });
}

Timestamp BackupGroup::endTime() const {
  const VolumeSnapshot* snapshot = data();
  return snapshot != nullptr ? snapshot->backup_end : Timestamp();
}

Timestamp BackupGroup::beginTime() const {
  if (backup && !backup->started.absent()) return backup->started;
  if (backup && !backup->created.absent()) return backup->created;
  return earliestCreation(members);
}

}  // namespace job
