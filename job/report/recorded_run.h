#pragma once

#include <string>

#include "job/model/history_entry.h"
#include "job/report/drill_report.h"
#include "job/report/pass_result.h"

namespace job {

/// What the history is told: the object, cut as the termination message is, and why each backup was
/// deleted.
HistoryEntry entryOf(const PassResult& result, timing::Instant at, const std::string& run_id);
HistoryEntry entryOf(const DrillReport& report, timing::Instant at, const std::string& run_id);

}  // namespace job
