#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "job/model/backup.h"

namespace job {

/// What a pass does about the Backups it finds.
struct MakeNew {};
struct AwaitOurs { Backup backup; };     // in flight, ours: await it instead of making a second
struct TakeResult { Backup backup; };    // completed by an earlier attempt of this very run
struct AwaitForeign { Backup backup; };  // in flight, somebody else's: only one can run at a time
using Start = std::variant<MakeNew, AwaitOurs, TakeResult, AwaitForeign>;

/// Pure. A Backup that is being deleted counts as in flight while it is. A failed one of this run is not
/// taken: the retry makes a new one. Ours before foreign; of several the one that comes first by name, as CNPG
/// runs them.
Start decideStart(const std::vector<Backup>& backups, const std::string& cluster, const std::string& run);

}  // namespace job
