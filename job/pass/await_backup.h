#pragma once

#include <optional>
#include <string>

#include "job/failure.h"
#include "job/model/backup.h"
#include "job/pass/session.h"

namespace job {

/// How waiting for a Backup ended.
struct AwaitedBackup {
  enum class End { kEnded, kDeleted, kDeadline, kStopped };
  End end = End::kEnded;
  Backup last;  // as last seen
  /// How long its instance was seen stopped; empty when it had ended before.
  std::optional<timing::Duration> fenced;
};

/// Follows a Backup by watch, from the state given, until it is terminal, gone (also: deleted and
/// made anew under its name), the session's patience ends or it is stopped. Sits out API outages,
/// shows progress. Fails on missing rights.
Outcome<AwaitedBackup> awaitBackup(Session& session, const std::string& group,
                                   const Backup& backup);

}  // namespace job
