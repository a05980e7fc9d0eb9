#include "job/pass/fence_watch.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/k8s/call_context.h"
#include "job/pass/cluster_reader.h"

namespace job {

std::optional<timing::Duration> FenceSighting::lasted(timing::Instant now) const {
  std::optional<timing::Duration> longest;
  for (const Fence& fence : fences) {
    const auto& by = fence.in_flight ? fence.in_flight : fence.left_by;
    const auto since = by ? by->begun() : std::nullopt;
    if (since && *since < now)
      longest = std::max(longest, std::optional<timing::Duration>(now - *since));
  }
  return longest;
}

Outcome<std::optional<FenceSighting>> lookForFences(Session& session, const std::string& group,
                                                    const std::optional<Backup>& deleted,
                                                    int looks) {
  for (int look = 1;; ++look) {
    auto cluster = readCluster(session, group, session.context());
    if (!cluster) return tl::unexpected(cluster.error());
    if (!*cluster || (*cluster)->fenced_instances.empty()) return std::nullopt;
    auto backups = listBackups(session, group);
    if (!backups) return tl::unexpected(backups.error());
    if (deleted) backups->push_back(*deleted);
    FenceSighting sighting{**std::move(cluster), {}};
    sighting.fences = explainFences(sighting.cluster, *backups);
    if (!anyLeftOver(sighting.fences) || look >= looks) return sighting;
    const auto next = session.clock.monotonic() + std::chrono::seconds(3);
    if (!k8s::pauseUntil(session.clock, next, session.context())) return sighting;
  }
}

}  // namespace job
