#pragma once

#include <optional>
#include <string>
#include <variant>

#include "job/decide/backup_request.h"
#include "job/model/packed_models.h"

namespace job {

/// Made by a pass: awaited, adopted and pruned.
bool isOurs(const Backup& backup);

/// Pure: ours, and as asked for in what never changes: online or not, of the name given.
bool isAsRequested(const Backup& backup, const BackupRequest& request);

/// What a pass does about the Backups it finds.
struct MakeNew {};
/// In flight, ours and as requested: awaited instead of making a second.
struct AwaitOurs {
  Backup backup;
};
/// Completed by an earlier attempt of this very run.
struct TakeResult {
  Backup backup;
};
/// Any other in flight: only one can run at a time.
struct AwaitOther {
  Backup backup;
};
using Start = std::variant<MakeNew, AwaitOurs, TakeResult, AwaitOther>;

/// Pure. A result of this run before anything in flight, ours before others'; of several the one
/// that comes first by name, as CNPG runs them. A scheduled pass takes for its own whatever is in
/// flight as requested; on demand only what an earlier attempt of this very run began, as nobody
/// asked for a backup of an earlier moment. Held or not is of the request for other runs' only:
/// people hold and release this run's, too, and that makes it no other backup. One in flight counts
/// even when it is being deleted; a completed one that is being deleted is no result. A failed one
/// of this run is not taken: the retry makes a new one. Nor is one from before `results_since`: a
/// run id that is used again and again would else stand for one backup for ever.
Start decideStart(const Backups& backups, const std::string& cluster, const BackupRequest& request,
                  const std::string& run, timing::Instant results_since);

}  // namespace job
