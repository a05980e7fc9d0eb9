#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "job/model/backup_group.h"
#include "job/model/packed_models.h"

namespace job {

/// The backups of one cluster, packed. Each is put together when it is asked for; a changed one is
/// put back by set().
class BackupGroups {
 public:
  using const_iterator = ByValueIterator<BackupGroups, BackupGroup>;

  BackupGroups() = default;
  /// Joins the volumeSnapshot Backups and the CNPG snapshots of one cluster by name, in order of
  /// names. Backups of other methods, snapshots without CNPG's labels and objects of other clusters
  /// are left out.
  BackupGroups(Backups backups, VolumeSnapshots snapshots, const std::string& cluster);

  BackupGroup operator[](std::size_t index) const;
  /// Valid until the next change.
  std::string_view nameOf(std::size_t index) const;
  /// Where the first one of that name is.
  std::optional<std::size_t> find(std::string_view name) const;
  // NOLINTNEXTLINE(readability-identifier-naming): as the standard's containers have it
  void push_back(const BackupGroup& group);
  void set(std::size_t index, const BackupGroup& group);
  void erase(std::size_t index);

  std::size_t size() const { return entries_.size(); }
  const_iterator begin() const { return {*this, 0}; }
  const_iterator end() const { return {*this, size()}; }

  /// All Backups they were joined from, the ones left out as well.
  const Backups& listedBackups() const { return backups_; }

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  struct Entry {
    std::uint32_t backup = kNone;        // in backups_
    std::uint32_t first_member = kNone;  // in snapshots_
    std::uint32_t name = kNone;          // in names_, when neither part has it
  };

  Entry stored(const BackupGroup& group, std::uint32_t backup);

  Backups backups_;
  VolumeSnapshots snapshots_;
  std::vector<std::uint32_t> next_members_;  // of each snapshot: the next one of its group
  std::vector<std::string> names_;
  std::vector<Entry> entries_;
  bool in_order_ = true;
};

}  // namespace job
