#include "job/model/backup_groups.h"

#include <algorithm>
#include <compare>
#include <utility>

namespace job {
namespace {

using Index = std::uint32_t;

/// Which of a list are `wanted`, in order. Lists come in order of names as a rule.
template <typename List, typename Wanted, typename IsBefore>
std::vector<Index> sortedIndices(const List& list, Wanted wanted, IsBefore is_before) {
  std::vector<Index> indices;
  for (Index i = 0; i < list.size(); ++i) {
    if (wanted(list[i])) indices.push_back(i);
  }
  if (!std::is_sorted(indices.begin(), indices.end(), is_before)) {
    std::stable_sort(indices.begin(), indices.end(), is_before);
  }
  return indices;
}

}  // namespace

BackupGroups::BackupGroups(Backups backups, VolumeSnapshots snapshots, const std::string& cluster)
    : backups_(std::move(backups)),
      snapshots_(std::move(snapshots)),
      next_members_(snapshots_.size(), kNone) {
  const auto ours = sortedIndices(
      backups_,
      [&](const Backup& backup) { return backup.cluster == cluster && backup.isVolumeSnapshot(); },
      [&](Index a, Index b) { return backups_.firstText(a) < backups_.firstText(b); });
  const auto members = sortedIndices(
      snapshots_,
      [&](const VolumeSnapshot& snapshot) {
        return snapshot.cluster == cluster && !snapshot.backup_name.empty();
      },
      [&](Index a, Index b) {
        const auto order = snapshots_.firstText(a) <=> snapshots_.firstText(b);
        return std::is_eq(order) ? snapshots_[a].name < snapshots_[b].name : std::is_lt(order);
      });
  auto member = members.begin();
  const auto add_members_before = [&](std::optional<std::string_view> name) {
    while (member != members.end() && (!name || snapshots_.firstText(*member) < *name)) {
      const std::string_view group = snapshots_.firstText(*member);
      Entry entry{.backup = kNone, .first_member = *member};
      for (Index last = *member++; member != members.end(); last = *member++) {
        if (snapshots_.firstText(*member) != group) break;
        next_members_[last] = *member;
      }
      entries_.push_back(entry);
    }
  };
  entries_.reserve(std::max(ours.size(), members.size()));
  for (const Index backup : ours) {
    const std::string_view name = backups_.firstText(backup);
    add_members_before(name);
    Entry entry{.backup = backup};
    std::uint32_t* place = &entry.first_member;
    for (; member != members.end() && snapshots_.firstText(*member) == name; ++member) {
      *place = *member;
      place = &next_members_[*member];
    }
    entries_.push_back(entry);
  }
  add_members_before(std::nullopt);
}

BackupGroup BackupGroups::operator[](std::size_t index) const {
  const Entry& entry = entries_[index];
  BackupGroup group{.name = std::string(nameOf(index)), .backup = {}, .members = {}};
  if (entry.backup != kNone) group.backup = backups_[entry.backup];
  for (Index member = entry.first_member; member != kNone; member = next_members_[member]) {
    group.members.push_back(snapshots_[member]);
  }
  return group;
}

std::string_view BackupGroups::nameOf(std::size_t index) const {
  const Entry& entry = entries_[index];
  if (entry.name != kNone) return names_[entry.name];
  return entry.backup != kNone ? backups_.firstText(entry.backup)
                               : snapshots_.firstText(entry.first_member);
}

std::optional<std::size_t> BackupGroups::find(std::string_view name) const {
  std::size_t first = 0;
  std::size_t last = size();
  while (in_order_ && first < last) {
    const std::size_t middle = first + (last - first) / 2;
    if (nameOf(middle) < name) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  for (; first < size(); ++first) {
    if (nameOf(first) == name) return first;
    if (in_order_) break;
  }
  return std::nullopt;
}

void BackupGroups::push_back(const BackupGroup& group) {
  in_order_ = in_order_ && (entries_.empty() || nameOf(size() - 1) <= group.name);
  entries_.push_back(stored(group, kNone));
}

void BackupGroups::set(std::size_t index, const BackupGroup& group) {
  entries_[index] = stored(group, entries_[index].backup);
}

void BackupGroups::erase(std::size_t index) {
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(index));
}

/// With its Backup in the place of the record `backup`, if there is one.
BackupGroups::Entry BackupGroups::stored(const BackupGroup& group, std::uint32_t backup) {
  Entry entry;
  if (group.backup && backup != kNone) {
    backups_.set(backup, *group.backup);
    entry.backup = backup;
  } else if (group.backup) {
    entry.backup = static_cast<Index>(backups_.size());
    backups_.push_back(*group.backup);
  }
  const auto first = static_cast<Index>(snapshots_.size());
  for (const VolumeSnapshot& member : group.members) {
    snapshots_.push_back(member);
    next_members_.push_back(static_cast<Index>(snapshots_.size()));
  }
  if (!group.members.empty()) {
    entry.first_member = first;
    next_members_.back() = kNone;
  }
  const bool named_by_part =
      group.backup ? group.backup->name == group.name
                   : !group.members.empty() && group.members.front().backup_name == group.name;
  if (!named_by_part) {
    entry.name = static_cast<Index>(names_.size());
    names_.push_back(group.name);
  }
  return entry;
}

}  // namespace job
