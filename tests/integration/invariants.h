#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "job/report/pass_result.h"
#include "tests/integration/seen_backup.h"
#include "tests/sim/test_world.h"

namespace job {

/// What docs/safety.md promises, read from the cluster alone. Each returns what does not hold, one
/// line each, so that none means that it holds.

/// 1. Of this run there is at most one Backup that is good or in flight; exactly one with `made`.
std::vector<std::string> notOneBackup(sim::World& world, const std::string& run, bool made);

/// 2. Of the good backups `known` from before and those there are now, the newest `max` are there
/// and whole: the same snapshots, not others of their names.
std::vector<std::string> lostCopies(sim::World& world,
                                    const std::map<std::string, SeenBackup>& known, int max);

/// 3. Nobody holds the Lease.
std::vector<std::string> heldLease(sim::World& world);

/// 4. No instance is fenced, unless a Backup in flight explains it.
std::vector<std::string> needlessFence(sim::World& world);

/// 5. The status says what there is; its next time is the first 02:00 after `written`.
std::vector<std::string> untrueStatus(sim::World& world, timing::Instant written);

/// Weaker, between a pass that was cut short and the next: the status offers nothing that is gone.
std::vector<std::string> goneButOffered(sim::World& world);

/// The result object agrees with itself and with the cluster: a reason with every failure, a good
/// backup with 0 and 4.
std::vector<std::string> wrongResult(sim::World& world, const PassResult& result);

/// Writes what is true into the status, as an earlier pass has.
void writeTrueStatus(sim::World& world, timing::Instant now);

}  // namespace job
