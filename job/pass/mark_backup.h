#pragma once

#include <string>
#include <vector>

#include "job/pass/catalogue.h"
#include "job/pass/pass_lock.h"

namespace job {

/// Labels the snapshots of our good backups as ours, copies their run and hold, and writes the
/// verdict on the PG_DATA member. Finishes what a killed pass left, too. Writes nothing that is
/// there already. `catalogue` then holds the snapshots as they are now. Returns what could not be
/// written, one clause each.
std::vector<std::string> markBackups(Session& session, PassLock& lock, Catalogue& catalogue);

/// Writes the verdict on the PG_DATA member of one of our backups that ended badly.
std::vector<std::string> markUnusable(Session& session, PassLock& lock, JudgedGroup& judged);

}  // namespace job
