#pragma once

#include <optional>
#include <string>
#include <vector>

#include "job/decide/fence.h"
#include "job/failure.h"
#include "job/pass/session.h"

namespace job {

/// What of the cluster was seen fenced. Nothing here lifts a fence: whoever set one may need it,
/// and PostgreSQL started under a running snapshot would spoil it.
struct FenceSighting {
  Cluster cluster;
  std::vector<Fence> fences;  // not empty

  std::string description() const { return describe(fences, cluster); }
  std::string fix() const { return howToLift(fences, cluster); }
  /// The longest of them, as far as a Backup tells since when.
  std::optional<timing::Duration> lasted(timing::Instant now) const;
};

/// Reads the Cluster, and the Backups when it has a fence. CNPG lifts its fence a moment after it
/// wrote a Backup's end, so one that nothing explains is looked at so many times, three seconds
/// apart. `deleted` is a Backup that went while it was in flight. Empty: nothing is fenced.
Outcome<std::optional<FenceSighting>> lookForFences(Session& session, const std::string& group,
                                                    const std::optional<Backup>& deleted,
                                                    int looks);

}  // namespace job
