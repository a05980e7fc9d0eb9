#include "job/decide/judge_backups.h"

#include <algorithm>
#include <map>
#include <utility>

namespace job {
namespace {

/// Backups with the same are of one history of one database.
using History = std::pair<std::string, std::string>;  // uid of the Cluster, system identifier

/// A certified backup in its history.
struct Chapter {
  JudgedGroup* judged;
  timing::Instant end;
  History history;
  WalPosition checkpoint;
};

std::optional<Chapter> chapterOf(JudgedGroup& judged) {
  if (judged.judgement.verdict != Verdict::kCertified) return std::nullopt;
  const VolumeSnapshot& data = *judged.group.data();
  const auto end = judged.group.endTime().instant();
  const auto& control_data = data.control_data;
  if (!end || data.manifest_cluster_uid.empty() || !control_data ||
      control_data->system_identifier.empty() || !control_data->checkpoint) {
    return std::nullopt;
  }
  return Chapter{&judged,
                 *end,
                 {data.manifest_cluster_uid, control_data->system_identifier},
                 *control_data->checkpoint};
}

bool wasComparedBefore(const JudgedGroup& judged) {
  return judged.group.data()->recorded_verdict == toString(Verdict::kCertified);
}

Judgement goneBack(const Chapter& chapter, const Chapter& furthest) {
  return {.verdict = Verdict::kUnclean,
          .reason = "its latest checkpoint is at " + describe(chapter.checkpoint) +
                    ", but that of backup " + furthest.judged->group.name +
                    ", which ended before it, is at " + describe(furthest.checkpoint) +
                    ": the instance it was taken from has fallen behind"};
}

}  // namespace

void judgeBackups(std::vector<JudgedGroup>& groups, const std::optional<VolumeSet>& live) {
  std::vector<Chapter> chapters;
  for (JudgedGroup& judged : groups) {
    judged.judgement = judge(judged.group, live);
    if (auto chapter = chapterOf(judged)) chapters.push_back(*std::move(chapter));
  }
  std::sort(chapters.begin(), chapters.end(), [](const Chapter& a, const Chapter& b) {
    return std::pair(a.end, a.judged->group.name) < std::pair(b.end, b.judged->group.name);
  });
  std::map<History, const Chapter*> furthest;
  for (const Chapter& chapter : chapters) {
    const Chapter*& before = furthest[chapter.history];
    if (before == nullptr || before->checkpoint <= chapter.checkpoint) {
      before = &chapter;
    } else if (!wasComparedBefore(*chapter.judged)) {
      chapter.judged->judgement = goneBack(chapter, *before);
    }
  }
}

std::string whyAnotherDatabase(const std::vector<JudgedGroup>& groups, const std::string& name) {
  const auto identifierOf = [](const JudgedGroup& judged) -> std::string {
    const auto& control_data = judged.group.data()->control_data;
    return control_data ? control_data->system_identifier : "";
  };
  const auto found = std::find_if(groups.begin(), groups.end(), [&](const JudgedGroup& judged) {
    return judged.group.name == name && isGood(judged.judgement.verdict);
  });
  if (found == groups.end()) return "";
  const auto end = found->group.endTime().instant();
  const JudgedGroup* previous = nullptr;
  for (const JudgedGroup& judged : groups) {
    const auto other = judged.group.endTime().instant();
    if (!isGood(judged.judgement.verdict) || !end || !other || *other >= *end) continue;
    if (identifierOf(judged).empty()) continue;
    if (previous == nullptr || *previous->group.endTime().instant() < *other) previous = &judged;
  }
  const std::string now = identifierOf(*found);
  if (previous == nullptr || now.empty() || identifierOf(*previous) == now) return "";
  return "Backup " + name + " is of another database than the good one before it, " +
         previous->group.name + ": its system identifier is " + now + ", not " +
         identifierOf(*previous) +
         "; if the old database is still needed, hold its backups (annotation "
         "noobaa.io/db-backup-hold) before newer ones take their places";
}

}  // namespace job
