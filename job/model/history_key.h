#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/time/instant.h"

namespace job {

/// The key of one run in ConfigMap noobaa-db-backup-history:
/// "<cluster>.<YYYYMMDD-HHMMSS of its end, UTC>.<tag>". Keys of one Cluster order by time.
struct HistoryKey {
  std::string cluster;
  timing::Instant at;
  std::string tag;  // 8 hexadecimal digits
};

/// `tag` tells apart the runs of one second; the same three texts make the same key, so that a
/// write may be repeated.
std::string historyKey(const std::string& cluster, timing::Instant at, std::string_view command,
                       std::string_view run_id, std::string_view holder);

/// Read from the right, as a Cluster's name may have dots in it; empty: it is somebody else's.
std::optional<HistoryKey> readHistoryKey(std::string_view key);

}  // namespace job
