#pragma once

#include <string>

#include "common/json/value.h"
#include "job/model/history.h"

namespace job {

/// What `history` shows, of one Cluster.
struct HistoryReport {
  std::string name_space;
  std::string cluster;
  bool exists = false;  // the ConfigMap
  History history;
};

/// Keys in the documented order; runs newest first.
json::Value toJson(const HistoryReport& report);
/// A row a run, newest first, ages relative to `now`; then what can't be read. `colours`: what did
/// not end well stands out.
std::string toTable(const HistoryReport& report, timing::Instant now, bool colours = false);

}  // namespace job
