#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "job/decide/status_patch.h"
#include "job/pass/cluster_reader.h"

namespace job {

/// All backups of the cluster as the API shows them at one moment, each with its verdict, in order
/// of names.
struct Catalogue {
  JudgedGroups groups;               // of the cluster, by volume snapshot
  std::optional<VolumeSet> volumes;  // of the live Cluster, by which members are judged missing
  std::vector<std::string> warnings;

  std::optional<JudgedGroup> find(const std::string& name) const;
  /// Instead of the one of its name.
  void replace(const JudgedGroup& judged);
  /// How many there are of each verdict.
  std::map<Verdict, std::int64_t> verdicts() const;
  /// After a change of the groups: each verdict may depend on the other backups.
  void judgeAgain();
};

/// Two lists, Backups first: a snapshot listed later can only be newer than what its Backup said.
Outcome<Catalogue> readCatalogue(Session& session, const std::string& group,
                                 const std::optional<Cluster>& cluster);

/// Would the backup be good if only its members became ready? The storage may still be at it.
bool lacksOnlyReadiness(const JudgedGroup& judged, const std::optional<VolumeSet>& volumes);

}  // namespace job
