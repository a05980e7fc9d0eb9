#include "job/decide/retention_candidates.h"

namespace job {

std::vector<RetentionCandidate> retentionCandidates(
    const std::vector<JudgedGroup>& groups, const References& references,
    const std::vector<ScheduledBackup>& active_schedules) {
  std::vector<RetentionCandidate> candidates;
  candidates.reserve(groups.size());
  for (const JudgedGroup& judged : groups) {
    candidates.push_back({.name = judged.group.name,
                          .verdict = judged.judgement.verdict,
                          .end = judged.group.endTime(),
                          .begin = judged.group.beginTime(),
                          .hold = holdOf(judged.group, references),
                          .operators = belongsToSchedule(judged.group, active_schedules)});
  }
  return candidates;
}

}  // namespace job
