#include "job/decide/retention_candidates.h"

#include <map>
#include <string>

namespace job {
namespace {

Timestamp unreadable() {
  return Timestamp::read("unreadable");
}

/// Empty when it can't order: what can't be read, or lies ahead.
Timestamp orderingTime(const BackupGroup& group, const Timestamp& time, timing::Instant now) {
  if (group.hasUnreadableMember()) return unreadable();
  const auto instant = time.instant();
  return instant && liesAhead(*instant, now) ? unreadable() : time;
}

/// `newest` becomes it when it is newer.
void keepNewest(RetentionCandidate*& newest, RetentionCandidate& candidate) {
  if (newest == nullptr || isNewer(candidate, *newest)) newest = &candidate;
}

void hold(RetentionCandidate* candidate, Hold why) {
  if (candidate != nullptr && candidate->hold == Hold::kNone) candidate->hold = why;
}

bool counts(const RetentionCandidate& candidate) {
  return !candidate.operators && isGood(candidate.verdict) && candidate.end.instant();
}

void holdTheLastCertified(std::vector<RetentionCandidate>& candidates) {
  RetentionCandidate* newest = nullptr;
  RetentionCandidate* certified = nullptr;
  for (RetentionCandidate& candidate : candidates) {
    if (!counts(candidate)) continue;
    keepNewest(newest, candidate);
    if (candidate.verdict == Verdict::kCertified) keepNewest(certified, candidate);
  }
  if (newest != certified) hold(certified, Hold::kLastCertified);
}

void holdTheLastOfEachDatabase(const JudgedGroups& groups,
                               std::vector<RetentionCandidate>& candidates) {
  std::map<std::string, RetentionCandidate*> newest_of;  // by system identifier
  RetentionCandidate* newest = nullptr;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    RetentionCandidate& candidate = candidates[i];
    if (!counts(candidate)) continue;
    const JudgedGroup judged = groups[i];
    const auto& control_data = judged.group.data()->control_data;
    if (!control_data || control_data->system_identifier.empty()) continue;
    keepNewest(newest_of[control_data->system_identifier], candidate);
    keepNewest(newest, candidate);
  }
  for (const auto& [identifier, candidate] : newest_of) {
    if (candidate != newest) hold(candidate, Hold::kLastOfItsDatabase);
  }
}

}  // namespace

std::vector<RetentionCandidate> retentionCandidates(
    const JudgedGroups& groups, const References& references,
    const std::vector<ScheduledBackup>& active_schedules, timing::Instant now) {
  std::vector<RetentionCandidate> candidates;
  candidates.reserve(groups.size());
  for (const JudgedGroup& judged : groups) {
    candidates.push_back({.name = judged.group.name,
                          .verdict = judged.judgement.verdict,
                          .end = orderingTime(judged.group, judged.group.endTime(), now),
                          .begin = orderingTime(judged.group, judged.group.beginTime(), now),
                          .hold = holdOf(judged.group, references),
                          .operators = belongsToSchedule(judged.group, active_schedules)});
    if (judged.judgement.nothing_missing) hold(&candidates.back(), Hold::kNothingMissing);
  }
  holdTheLastCertified(candidates);
  holdTheLastOfEachDatabase(groups, candidates);
  return candidates;
}

}  // namespace job
