#include "job/decide/retention_candidates.h"

namespace job {

std::vector<RetentionCandidate> retentionCandidates(
    const std::vector<JudgedGroup>& groups, const References& references,
    const std::vector<ScheduledBackup>& active_schedules) {
  std::vector<RetentionCandidate> candidates;
  candidates.reserve(groups.size());
  for (const JudgedGroup& judged : groups) {
    // What can't be read can't be ordered, and is kept for that.
    const bool readable = !judged.group.hasUnreadableMember();
    const Timestamp unreadable = Timestamp::read("unreadable");
    candidates.push_back({.name = judged.group.name,
                          .verdict = judged.judgement.verdict,
                          .end = readable ? judged.group.endTime() : unreadable,
                          .begin = readable ? judged.group.beginTime() : unreadable,
                          .hold = holdOf(judged.group, references),
                          .operators = belongsToSchedule(judged.group, active_schedules)});
  }
  return candidates;
}

}  // namespace job
