#include "job/decide/history_mentions.h"

#include <algorithm>

namespace job {
namespace {

using What = HistoryMention::What;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

bool isTrue(const HistoryEntry& entry, std::string_view key) {
  const json::Value* value = entry.result.find(key);
  return value != nullptr && value->boolean() != nullptr && *value->boolean();
}

/// What it did with the backup that its result is about.
HistoryMention ofOwnBackup(HistoryMention mention, const HistoryEntry& entry) {
  const std::string verdict = entry.text("verdict");
  if (mention.command == "verify") {
    mention.what = What::kDrilled;
    mention.words = isTrue(entry, "verified") ? "verified" : entry.text("reason");
  } else if (mention.command == "run" || mention.command == "db-backup") {
    // Once a backup is good, whatever goes wrong is 4.
    const bool well = mention.exit_code == 0 || mention.exit_code == 4;
    mention.what = well ? What::kMade : What::kNotGood;
    mention.words = well ? verdict : entry.text("reason");
  } else {
    mention.what = What::kRestored;
    mention.words = entry.text("reason");
  }
  return mention;
}

void addMentions(const HistoryEntry& entry, const std::string& backup,
                 std::vector<HistoryMention>& mentions) {
  const HistoryMention run{.what = What::kMade,
                           .at = entry.at,
                           .command = entry.command(),
                           .run_id = entry.run_id,
                           .outcome = entry.text("outcome"),
                           .exit_code = entry.number("exitCode"),
                           .reason = "",
                           .words = ""};
  if (entry.text("backup") == backup) mentions.push_back(ofOwnBackup(run, entry));
  if (contains(entry.texts("failedToPrune"), backup)) {
    mentions.push_back(run);
    mentions.back().what = What::kNotDeleted;
    mentions.back().words = entry.text("reason");
  }
  const auto group = std::ranges::find_if(
      entry.deleted, [&](const auto& each) { return contains(each.second, backup); });
  if (group == entry.deleted.end() && !contains(entry.texts("pruned"), backup)) return;
  mentions.push_back(run);
  mentions.back().what = What::kDeleted;
  if (group != entry.deleted.end()) mentions.back().reason = group->first;
}

}  // namespace

std::string_view toString(What what) {
  switch (what) {
    case What::kMade:
      return "made";
    case What::kNotGood:
      return "not-good";
    case What::kDeleted:
      return "deleted";
    case What::kNotDeleted:
      return "not-deleted";
    case What::kRestored:
      return "restored";
    case What::kDrilled:
      return "drilled";
  }
  return "";
}

std::vector<HistoryMention> mentionsOf(const History& history, const std::string& backup) {
  std::vector<HistoryMention> mentions;
  for (auto run = history.runs.rbegin(); run != history.runs.rend(); ++run) {
    addMentions(run->entry, backup, mentions);
  }
  return mentions;
}

std::string backupOfSnapshot(const History& history, const std::string& snapshot) {
  for (const History::Run& run : history.runs) {
    if (contains(run.entry.texts("snapshots"), snapshot)) return run.entry.text("backup");
  }
  return "";
}

}  // namespace job
