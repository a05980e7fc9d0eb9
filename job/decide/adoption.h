#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "job/model/backup.h"

namespace job {

/// Made by a pass: awaited, adopted and pruned.
bool isOurs(const Backup& backup);

/// What a pass does about the Backups it finds.
struct MakeNew {};
/// In flight and ours: awaited instead of making a second.
struct AwaitOurs {
  Backup backup;
};
/// Completed by an earlier attempt of this very run.
struct TakeResult {
  Backup backup;
};
/// In flight and somebody else's: only one can run at a time.
struct AwaitForeign {
  Backup backup;
};
using Start = std::variant<MakeNew, AwaitOurs, TakeResult, AwaitForeign>;

/// Pure. A result of this run before anything in flight, ours before foreign; of several the one
/// that comes first by name, as CNPG runs them. One in flight counts even when it is being deleted;
/// a completed one that is being deleted is no result. A failed one of this run is not taken: the
/// retry makes a new one. Nor is one from before `results_since`: a run id that is used again and
/// again would else stand for one backup for ever.
Start decideStart(const std::vector<Backup>& backups, const std::string& cluster,
                  const std::string& run, timing::Instant results_since);

}  // namespace job
