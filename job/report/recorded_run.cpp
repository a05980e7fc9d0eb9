#include "job/report/recorded_run.h"

#include "job/report/termination_message.h"

namespace job {
namespace {

HistoryEntry entryOf(const json::Value& object, timing::Instant at, const std::string& run_id) {
  return {.at = at,
          .run_id = run_id,
          .result = cutToFit(*object.object()),
          .deleted = {},
          .deleted_left_out = 0};
}

}  // namespace

HistoryEntry entryOf(const PassResult& result, timing::Instant at, const std::string& run_id) {
  HistoryEntry entry = entryOf(toJson(result), at, run_id);
  for (const auto& [name, reason] : result.why_pruned) {
    entry.deleted[std::string(toString(reason))].push_back(name);
  }
  return entry;
}

HistoryEntry entryOf(const DrillReport& report, timing::Instant at, const std::string& run_id) {
  return entryOf(toJson(report), at, run_id);
}

}  // namespace job
