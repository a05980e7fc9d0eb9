#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/json/value.h"
#include "job/model/history_entry.h"

namespace job {

/// The runs of one Cluster that ConfigMap noobaa-db-backup-history has.
struct History {
  struct Run {
    std::string key;
    HistoryEntry entry;
  };
  struct Unreadable {
    std::string key;
    timing::Instant at;  // by its key
    std::string problem;
  };
  std::vector<Run> runs;                       // newest first
  std::vector<Unreadable> unreadable;          // newest first
  std::map<std::string, std::int64_t> others;  // how many there are of other Clusters, by name

  /// When the oldest run ended, readable or not; empty when there is none.
  std::optional<timing::Instant> since() const;
};

/// Keys of another form are somebody else's and left out; whatever is wrong with the rest makes
/// single runs unreadable.
History readHistory(const json::Value& config_map, const std::string& cluster);

}  // namespace job
