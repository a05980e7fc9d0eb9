#include "job/decide/judge_backups.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

namespace job {
namespace {

/// Backups with the same are of one history of one database.
using History = std::pair<std::string, std::string>;  // uid of the Cluster, system identifier

/// A certified backup in its history.
struct Chapter {
  std::size_t index;  // in the groups
  timing::Instant end;
  const History* history;
  WalPosition checkpoint;
  bool compared_before;
};

bool wasComparedBefore(const JudgedGroup& judged) {
  return judged.group.data()->recorded_verdict == toString(Verdict::kCertified);
}

std::optional<Chapter> chapterOf(const JudgedGroup& judged, std::size_t index,
                                 std::set<History>& histories) {
  if (judged.judgement.verdict != Verdict::kCertified) return std::nullopt;
  const VolumeSnapshot& data = *judged.group.data();
  const auto end = judged.group.endTime().instant();
  const auto& control_data = data.control_data;
  if (!end || data.manifest_cluster_uid.empty() || !control_data ||
      control_data->system_identifier.empty() || !control_data->checkpoint) {
    return std::nullopt;
  }
  const auto history =
      histories.emplace(data.manifest_cluster_uid, control_data->system_identifier).first;
  return Chapter{index, *end, &*history, *control_data->checkpoint, wasComparedBefore(judged)};
}

Judgement goneBack(const Chapter& chapter, const Chapter& furthest, std::string_view name) {
  return {.verdict = Verdict::kUncertified,
          .reason = "its latest checkpoint is at " + describe(chapter.checkpoint) +
                    ", but that of backup " + std::string(name) +
                    ", which ended before it, is at " + describe(furthest.checkpoint) +
                    ": its instance has fallen behind, or the database was set back"};
}

/// The good backup that ended just before, as far as both say when.
std::optional<JudgedGroup> goodBefore(const JudgedGroups& groups, const JudgedGroup& judged) {
  const auto end = judged.group.endTime().instant();
  std::optional<JudgedGroup> before;
  for (const JudgedGroup& other : groups) {
    const auto other_end = other.group.endTime().instant();
    if (!isGood(other.judgement.verdict) || !end || !other_end || *other_end >= *end) continue;
    if (!before || *before->group.endTime().instant() < *other_end) before = other;
  }
  return before;
}

std::string otherDatabase(const std::string& name, const ControlData& now,
                          const std::string& previous, const ControlData& then) {
  return "Backup " + name + " is of another database than the good one before it, " + previous +
         ": its system identifier is " + now.system_identifier + ", not " + then.system_identifier +
         "; the newest backup of the old database is kept until somebody deletes it, older ones "
         "are pruned as usual";
}

std::string standsStill(const std::string& name, const std::string& previous,
                        const WalPosition& checkpoint) {
  return "Backup " + name + " has the same latest checkpoint as " + previous + ", " +
         describe(checkpoint) +
         ": nothing was written to the database in between, or its instance no longer follows the "
         "primary";
}

}  // namespace

void judgeBackups(JudgedGroups& groups, const std::optional<VolumeSet>& live) {
  std::vector<Chapter> chapters;
  std::set<History> histories;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    JudgedGroup judged = groups[i];
    judged.judgement = judge(judged.group, live);
    groups.judge(i, judged.judgement);
    if (auto chapter = chapterOf(judged, i, histories)) chapters.push_back(*chapter);
  }
  std::sort(chapters.begin(), chapters.end(), [&](const Chapter& a, const Chapter& b) {
    return std::pair(a.end, groups.nameOf(a.index)) < std::pair(b.end, groups.nameOf(b.index));
  });
  std::map<const History*, const Chapter*> furthest;
  for (const Chapter& chapter : chapters) {
    const Chapter*& before = furthest[chapter.history];
    if (before == nullptr || before->checkpoint <= chapter.checkpoint) {
      before = &chapter;
    } else if (!chapter.compared_before) {
      groups.judge(chapter.index, goneBack(chapter, *before, groups.nameOf(before->index)));
    }
  }
}

std::vector<std::string> doubtsAbout(const JudgedGroups& groups, const std::string& name) {
  const auto index = groups.find(name);
  if (!index || !isGood(groups.judgementOf(*index).verdict)) return {};
  const JudgedGroup found = groups[*index];
  const auto previous = goodBefore(groups, found);
  if (!previous) return {};
  const auto& now = found.group.data()->control_data;
  const auto& then = previous->group.data()->control_data;
  if (!now || !then || now->system_identifier.empty() || then->system_identifier.empty()) return {};
  if (now->system_identifier != then->system_identifier) {
    return {otherDatabase(name, *now, previous->group.name, *then)};
  }
  // PostgreSQL makes a checkpoint every few minutes as long as anything is written.
  constexpr std::chrono::hours kLong{1};
  const auto apart = *found.group.endTime().instant() - *previous->group.endTime().instant();
  if (now->checkpoint && now->checkpoint == then->checkpoint && apart >= kLong) {
    return {standsStill(name, previous->group.name, *now->checkpoint)};
  }
  return {};
}

}  // namespace job
