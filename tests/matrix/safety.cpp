#include "tests/matrix/safety.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "job/model/joined.h"

namespace matrix {
namespace {

using Broken = std::vector<std::string>;

void add(Broken& all, Broken more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

Broken oneBackup(const ClusterView& now, const std::string& run) {
  std::vector<std::string> names;
  for (const ClusterView::Backup& backup : now.backups) {
    if (backup.run == run && backup.phase != "failed") names.push_back(backup.name);
  }
  if (names.size() == 1) return {};
  return {"the run has " + std::to_string(names.size()) +
          " Backups that did not fail: " + job::joined(names)};
}

Broken freeLease(const ClusterView& now) {
  if (now.lease_holder.empty()) return {};
  return {"the Lease is held by " + now.lease_holder};
}

Broken noFence(const ClusterView& now) {
  if (now.fenced.empty()) return {};
  return {"instances are fenced: " + now.fenced};
}

std::int64_t countWithSnapshots(const ClusterView& now) {
  return std::count_if(now.backups.begin(), now.backups.end(), [](const auto& backup) {
    return std::any_of(backup.members.begin(), backup.members.end(),
                       [](const auto& member) { return !member.deleting; });
  });
}

Broken trueStatus(const ClusterView& now) {
  const auto good = now.good();
  std::vector<std::string> available;
  for (const ClusterView::Backup& backup : good) available.push_back(backup.data()->name);
  const ClusterView::Status& status = now.status;
  Broken broken;
  if (status.available != available) {
    broken.push_back("availableSnapshots is [" + job::joined(status.available) + "], good are [" +
                     job::joined(available) + "]");
  }
  const std::string last = good.empty() ? "" : good.back().data()->end;
  if (status.last != last) {
    broken.push_back("lastBackupTime is '" + status.last + "', the newest good one ended '" + last +
                     "'");
  }
  if (const std::int64_t total = countWithSnapshots(now); status.total != total) {
    broken.push_back("totalSnapshots is " + std::to_string(status.total) + ", there are " +
                     std::to_string(total));
  }
  if (status.next <= status.last) {
    broken.push_back("nextBackupTime is '" + status.next + "', not after lastBackupTime");
  }
  return broken;
}

}  // namespace

Broken lostCopies(const ClusterView& before, const ClusterView& now, int max_snapshots) {
  const auto good_before = before.good();
  const auto good_now = now.good();
  std::set<std::string> present;
  for (const ClusterView::Backup& backup : good_now) present.insert(backup.name);
  std::set<std::string> newer;  // than the one looked at, and good before or now
  for (const ClusterView::Backup& backup : good_now) newer.insert(backup.name);
  for (const ClusterView::Backup& backup : good_before) newer.erase(backup.name);

  Broken lost;
  for (auto backup = good_before.rbegin(); backup != good_before.rend(); ++backup) {
    const bool is_among_newest = static_cast<int>(newer.size()) < max_snapshots;
    if (is_among_newest && present.count(backup->name) == 0) {
      lost.push_back("the good backup " + backup->name + " is lost");
    }
    newer.insert(backup->name);
  }
  if (!good_before.empty() && good_now.empty()) lost.push_back("there is no good backup left");
  return lost;
}

Broken brokenPromises(const ClusterView& before, const ClusterView& now, const std::string& run,
                      int max_snapshots) {
  Broken broken = oneBackup(now, run);
  add(broken, lostCopies(before, now, max_snapshots));
  add(broken, freeLease(now));
  add(broken, noFence(now));
  add(broken, trueStatus(now));
  return broken;
}

}  // namespace matrix
