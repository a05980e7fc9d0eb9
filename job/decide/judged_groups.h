#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "job/decide/verdict.h"
#include "job/model/backup_groups.h"

namespace job {

struct JudgedGroup {
  BackupGroup group;
  Judgement judgement;
};

/// For PackedList.
void pack(RecordWriter& record, const Judgement& judgement);
void unpack(RecordReader& record, Judgement& judgement);

/// The backups of a cluster with their verdicts, packed: some 250 bytes each. What is taken out is
/// a copy; a changed one is put back by set().
class JudgedGroups {
 public:
  using value_type = JudgedGroup;
  using const_iterator = ByValueIterator<JudgedGroups, JudgedGroup>;

  JudgedGroups() = default;
  /// Not judged yet.
  explicit JudgedGroups(BackupGroups groups);
  JudgedGroups(const std::vector<JudgedGroup>& groups) { append(groups); }
  JudgedGroups(std::initializer_list<JudgedGroup> groups) { append(groups); }

  JudgedGroup operator[](std::size_t index) const { return {groups_[index], judgements_[index]}; }
  Judgement judgementOf(std::size_t index) const { return judgements_[index]; }
  /// Valid until the next change.
  std::string_view nameOf(std::size_t index) const { return groups_.nameOf(index); }
  std::optional<std::size_t> find(std::string_view name) const { return groups_.find(name); }

  // NOLINTNEXTLINE(readability-identifier-naming): as the standard's containers have it
  void push_back(const JudgedGroup& judged);
  void set(std::size_t index, const JudgedGroup& judged);
  void judge(std::size_t index, const Judgement& judgement) { judgements_.set(index, judgement); }
  void erase(std::size_t index);

  std::size_t size() const { return groups_.size(); }
  bool empty() const { return size() == 0; }
  const_iterator begin() const { return {*this, 0}; }
  const_iterator end() const { return {*this, size()}; }

  const Backups& listedBackups() const { return groups_.listedBackups(); }

 private:
  template <typename Groups>
  void append(const Groups& groups) {
    for (const JudgedGroup& judged : groups) push_back(judged);
  }

  BackupGroups groups_;
  PackedList<Judgement> judgements_;
};

}  // namespace job
