#pragma once

#include <optional>
#include <string>
#include <vector>

#include "job/decide/preflight.h"
#include "job/decide/rights.h"
#include "job/pass/configuration.h"
#include "job/pass/run.h"

namespace job {

/// What is known beforehand, though not so bad that no other objection matters.
struct Preconditions {
  std::vector<Right> missing_to_finish;
  std::vector<Finding> findings;
};

/// Checked before a new Backup is made, and only then (one in flight is adopted whatever they say):
/// there is a Cluster (else 6), this account has the rights to make, follow and judge a backup
/// (else 77). Whether the snapshot classes exist and belong to the volumes' driver is among the
/// findings.
Outcome<Preconditions> checkPreconditions(Run& run, const Configuration& configuration);

/// What has to be patched in the Cluster's section for backups. A section that an operator's
/// schedule is left to work with needs no more than the class.
std::optional<json::Value> sectionPatch(const Session& session, const Configuration& configuration,
                                        const Cluster& cluster);

/// The parts of it, for who shows each.

PassScope scopeOf(const Session& session, const Configuration& configuration);

/// Why there is no backing up without the Cluster.
Finding absentCluster(const Session& session, const std::string& group);
/// Those of `wanted` that this account lacks, by one SelfSubjectRulesReview. Empty: it can't be
/// told, and a missing one shows when it is used.
std::optional<std::vector<Right>> reviewRights(Session& session, const std::vector<Right>& wanted);
/// What speaks against the class the CR asks for, and those of the other volumes.
Outcome<std::vector<Finding>> reviewClasses(Session& session, const Cluster& cluster,
                                            const std::string& class_of_cr);

}  // namespace job
