#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "common/cron/schedule.h"
#include "job/model/noobaa_system.h"

namespace job {

/// What the flags say over the CR; unset: the CR decides.
struct PolicyOverrides {
  std::optional<std::string> schedule;
  std::optional<std::string> snapshot_class;
  std::optional<std::int64_t> max_snapshots;
  std::optional<std::string> time_zone;  // default UTC
};

/// What is to be done, judged valid.
struct BackupPolicy {
  std::string snapshot_class;                 // not empty
  std::optional<std::int64_t> max_snapshots;  // >= 1; empty: nothing is pruned
  std::optional<cron::Schedule> schedule;     // empty: no nextBackupTime
};

/// Empty when there is nothing to do (no dbBackup and no class given). The error names the path
/// (".spec.dbSpec.dbBackup.schedule" or the flag), the value and what to do: exit 78.
tl::expected<std::optional<BackupPolicy>, std::string> decidePolicy(
    const NooBaaSystem& system, const PolicyOverrides& overrides);

}  // namespace job
