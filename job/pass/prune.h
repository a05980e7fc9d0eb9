#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "job/decide/references.h"
#include "job/decide/retention.h"
#include "job/pass/catalogue.h"
#include "job/pass/examine.h"
#include "job/pass/pass_lock.h"

namespace job {

/// What retention did, and what is left of the catalogue afterwards.
struct Pruned {
  std::vector<RetentionDecision> decisions;  // of the last look, one for each backup
  std::vector<std::string> pruned;           // backup names
  std::vector<std::string> failed;           // backup names; `problems` says why
  std::vector<std::string> would_prune;      // dry run
  std::vector<std::string> held;
  std::int64_t kept = 0;                     // good ones that are not held
  std::vector<std::string> problems;
};

/// Deletes what retention decides against: the snapshots of each backup, then its terminal Backup, each only in
/// the state it was judged in (uid and resourceVersion); what changed in between is judged once more. Updates
/// `catalogue` to what is left. To be called only when a good backup has been verified.
Pruned prune(Session& session, PassLock& lock, const Examination& examination, Catalogue& catalogue);

/// The decisions alone; `extra` is a backup that a dry run imagines.
std::vector<RetentionDecision> decideRetention(const Catalogue& catalogue, const References& references,
                                               const Examination& examination,
                                               const std::optional<RetentionCandidate>& extra);

/// What is known to hold backups without asking again: dbRecovery, the live Cluster's bootstrap, Pending PVCs.
References knownReferences(const Examination& examination);

}  // namespace job
