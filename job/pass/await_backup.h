#pragma once

#include <optional>
#include <string>

#include "common/k8s/object_watch.h"
#include "job/model/backup.h"
#include "job/pass/pass_lock.h"

namespace job {

/// How waiting for a Backup ended.
struct AwaitedBackup {
  enum class End { kEnded, kDeleted, kDeadline };
  End end;
  Backup last;                       // as last seen
  timing::Duration fenced{};         // how long it was seen with its instance stopped
};

/// Follows a Backup by watch until it is terminal, gone (also: deleted and made anew under its name) or the session's
/// deadline. Sits out API outages, keeps the lock, shows progress. Fails on a stop, a lost lock, missing rights.
Outcome<AwaitedBackup> awaitBackup(Session& session, PassLock& lock, const std::string& group,
                                   const Backup& backup);

/// Which instances of the cluster are fenced right now, for people: "" when none or when it can't be read.
std::string fencedNow(Session& session, const std::string& group);

}  // namespace job
