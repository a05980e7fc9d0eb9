#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "tests/integration/seen_backup.h"
#include "tests/sim/test_world.h"

namespace job {

/// Stands beside the API server and judges each delete of a backup at the moment it takes effect:
/// was it allowed to go? A backup is judged when the first of its parts goes; the rest may follow.
class DeletionGuard {
 public:
  /// Counts by `max_snapshots`; a test that changes the CR's says here what the worker may go by.
  DeletionGuard(sim::TestWorld& world, int max_snapshots);
  DeletionGuard(const DeletionGuard&) = delete;
  DeletionGuard& operator=(const DeletionGuard&) = delete;

  void setMax(int max_snapshots) { max_ = max_snapshots; }
  int max() const { return max_; }
  /// The delete that is on its way can't be called back: what was changed since it was sent does
  /// not count against it.
  void letPass(int deletes) { let_pass_ = deletes; }
  /// What somebody other than the worker does is not judged.
  void others(const std::function<void()>& act);

  const std::vector<std::string>& violations() const { return violations_; }
  /// Backups that the worker began to remove, in this order.
  const std::vector<std::string>& removed() const { return removed_; }

 private:
  void onChange(const sim::Change& change);
  void judge(const std::string& name, const json::Value& before);

  sim::TestWorld& world_;
  int max_;
  bool others_ = false;
  int let_pass_ = 0;
  std::set<std::string> by_others_;  // what they began to remove goes in their name
  std::vector<std::string> violations_;
  std::vector<std::string> removed_;
};

}  // namespace job
