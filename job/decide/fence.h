#pragma once

#include <optional>
#include <string>
#include <vector>

#include "job/model/cluster.h"
#include "job/model/packed_models.h"

namespace job {

/// An instance whose PostgreSQL CNPG keeps stopped, and what is known of why. CNPG fences one for
/// an offline Backup and lifts that before it ends; it leaves the fence when the Backup is deleted
/// meanwhile, or when lifting it fails, and it never lifts one that an administrator set.
struct Fence {
  std::string instance;             // as the annotation has it; "*" is every instance
  std::optional<Backup> in_flight;  // has it stopped: the fence is lifted when this ends
  /// Else the last to have stopped it, when that ended without completing.
  std::optional<Backup> left_by;

  /// Nobody's: it stays until somebody lifts it.
  bool isLeftOver() const { return !in_flight; }
};

/// Pure: the Cluster's fences, in the annotation's order.
std::vector<Fence> explainFences(const Cluster& cluster, const Backups& backups);
bool anyLeftOver(const std::vector<Fence>& fences);

/// For people: "<instance> (<since when and why>)", and whether the database is down by it.
std::string describe(const Fence& fence, const Cluster& cluster);
std::string describe(const std::vector<Fence>& fences, const Cluster& cluster);

/// What to do: the command that lifts what is left over and nothing else, or to wait.
std::string howToLift(const std::vector<Fence>& fences, const Cluster& cluster);

}  // namespace job
