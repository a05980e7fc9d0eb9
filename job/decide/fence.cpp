#include "job/decide/fence.h"

#include <algorithm>

#include "common/json/write.h"
#include "common/time/rfc3339.h"
#include "job/decide/kubectl.h"
#include "job/model/joined.h"
#include "job/model/names.h"

namespace job {
namespace {

constexpr const char* kEverybody = "*";

/// CNPG's default is an online backup, which stops nothing.
bool stopsItsInstance(const Backup& backup, const Cluster& cluster) {
  const bool online = backup.online.value_or(cluster.online.value_or(true));
  return backup.isVolumeSnapshot() && !online;
}

/// While finalizing, CNPG has lifted its fence: what is there then is not the Backup's.
bool holdsFence(const Backup& backup, const Cluster& cluster) {
  return backup.progress == BackupProgress::kInFlight && backup.phase != "finalizing" &&
         stopsItsInstance(backup, cluster);
}

/// CNPG refuses a Backup because of a fence after it chose the instance; that one stopped nothing.
bool wasRefusedForAFence(const Backup& backup) {
  return backup.error.find("has fenced instances") != std::string::npos;
}

bool isNewer(const Backup& left, const Backup& right) {
  return left.begun().value_or(timing::Instant::min()) >
         right.begun().value_or(timing::Instant::min());
}

Fence explain(const std::string& instance, const Cluster& cluster, const Backups& backups) {
  Fence fence{.instance = instance, .in_flight = {}, .left_by = {}};
  std::optional<Backup> last;
  for (const Backup& backup : backups) {
    if (backup.cluster != cluster.name || backup.instance != instance) continue;
    if (holdsFence(backup, cluster)) fence.in_flight = backup;
    const bool ended = backup.progress != BackupProgress::kInFlight;
    if (!ended || !stopsItsInstance(backup, cluster) || wasRefusedForAFence(backup)) continue;
    if (!last || isNewer(backup, *last)) last = backup;
  }
  // One that completed after it had lifted its fence.
  if (last && last->progress == BackupProgress::kFailed) fence.left_by = *last;
  return fence;
}

std::string since(const Backup& backup) {
  const auto instant = backup.begun();
  return instant ? " since about " + timing::formatRfc3339(*instant) : "";
}

/// What stands still because of it.
std::string extent(const Fence& fence, const Cluster& cluster) {
  if (fence.instance == kEverybody) return "PostgreSQL is stopped everywhere, the database is down";
  if (fence.instance == cluster.current_primary) {
    return "PostgreSQL is stopped there, and as it is the primary the database is down";
  }
  return "PostgreSQL is stopped there";
}

std::string explanation(const Fence& fence) {
  if (fence.in_flight) {
    return since(*fence.in_flight) + " by Backup " + fence.in_flight->name + ", in flight (phase " +
           fence.in_flight->phaseInWords() + "): it is started again when that ends";
  }
  if (fence.left_by) {
    return since(*fence.left_by) + " by Backup " + fence.left_by->name + ", which " +
           (fence.left_by->error.empty() ? "failed" : "failed: " + fence.left_by->error) +
           "; no Backup in flight explains it";
  }
  return "; no Backup in flight explains it, so somebody fenced it by hand, or a Backup that was "
         "deleted did; since when is not recorded";
}

}  // namespace

std::vector<Fence> explainFences(const Cluster& cluster, const Backups& backups) {
  std::vector<Fence> fences;
  fences.reserve(cluster.fenced_instances.size());
  for (const std::string& instance : cluster.fenced_instances) {
    fences.push_back(explain(instance, cluster, backups));
  }
  return fences;
}

bool anyLeftOver(const std::vector<Fence>& fences) {
  return std::any_of(fences.begin(), fences.end(),
                     [](const Fence& fence) { return fence.isLeftOver(); });
}

std::string describe(const Fence& fence, const Cluster& cluster) {
  return fence.instance + " (" + extent(fence, cluster) + explanation(fence) + ")";
}

std::string describe(const std::vector<Fence>& fences, const Cluster& cluster) {
  std::vector<std::string> each;
  each.reserve(fences.size());
  for (const Fence& fence : fences) each.push_back(describe(fence, cluster));
  return joined(each);
}

std::string howToLift(const std::vector<Fence>& fences, const Cluster& cluster) {
  if (!anyLeftOver(fences)) return "wait for the Backup to end, and do not delete it before";
  json::Array explained;
  for (const Fence& fence : fences) {
    if (!fence.isLeftOver()) explained.emplace_back(fence.instance);
  }
  const std::string annotation(kFencedInstancesAnnotation);
  return "if nobody needs the fence, lift it with: " + kubectl("annotate", cluster) + " " +
         (explained.empty()
              ? annotation + "-"
              : annotation + "='" + json::write(json::Value(explained)) + "' --overwrite");
}

}  // namespace job
