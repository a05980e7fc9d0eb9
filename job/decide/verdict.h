#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "job/model/backup_group.h"
#include "job/model/cluster.h"

namespace job {

/// What a backup is worth; see docs/design.md for the rules.
enum class Verdict {
  kCertified,
  kUncertified,
  kUnclean,
  kIncomplete,
  kFailed,
  kPending,
  kTerminating
};
std::string_view toString(Verdict verdict);
inline bool isGood(Verdict v) {
  return v == Verdict::kCertified || v == Verdict::kUncertified;
}

struct Judgement {
  Verdict verdict = Verdict::kPending;
  std::string reason;  // one clause for people; for certified it says by what
  /// Incomplete, but no member is missing: it may be whole again, or be so to a person who knows.
  bool nothing_missing = false;
};

/// Pure. `live` are the volumes of the live Cluster, used when no member carries a readable
/// clusterManifest; empty when the Cluster is gone (then the PG_DATA member alone is required). A
/// Backup that is being deleted makes the whole terminating: what it owns goes with it.
Judgement judge(const BackupGroup& group, const std::optional<VolumeSet>& live);

}  // namespace job
