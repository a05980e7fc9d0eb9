#include "job/decide/prune_plan_file.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <set>
#include <utility>

#include "common/json/parse.h"
#include "common/json/view.h"
#include "common/time/rfc3339.h"

namespace job {
namespace {

constexpr std::int64_t kVersion = 1;

/// The value of an enumeration that is written so; they are numbered without gaps.
template <typename Enum>
std::optional<Enum> named(std::string_view text, Enum last) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (toString(static_cast<Enum>(i)) == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

template <typename Enum>
Enum readNamed(const json::View& view, Enum last) {
  const std::string text = view.string();
  const auto value = named(text, last);
  if (!value && view.present()) view.fail("is unknown: " + json::excerpt(json::Value(text)));
  return value.value_or(last);
}

/// The only two that delete.
bool removes(RetentionReason reason) {
  return reason == RetentionReason::kExceedsMaxSnapshots ||
         reason == RetentionReason::kFailedSuperseded;
}

/// Decided by what other backups there are, and so another when newer ones come.
bool dependsOnOthers(RetentionReason reason) {
  switch (reason) {
    case RetentionReason::kWithinMaxSnapshots:
    case RetentionReason::kExceedsMaxSnapshots:
    case RetentionReason::kFailedSuperseded:
    case RetentionReason::kLastCertified:
    case RetentionReason::kLastOfItsDatabase:
    case RetentionReason::kNewerThanNewestGood:
    case RetentionReason::kNoGoodBackupWouldRemain:
      return true;
    default:
      return false;
  }
}

/// Nothing was decided by it, and it is soon another, or gone.
bool isPassing(const PlannedBackup& backup) {
  return backup.reason == RetentionReason::kInFlight ||
         backup.reason == RetentionReason::kTerminating;
}

using ByName = std::map<std::string_view, const PlannedBackup*>;

ByName byName(const PrunePlanFile& plan) {
  ByName by_name;
  for (const PlannedBackup& backup : plan.backups) by_name[backup.name] = &backup;
  return by_name;
}

std::string orNone(const std::optional<std::string>& text) {
  return text.value_or("none");
}

std::string limitInWords(const std::optional<std::int64_t>& max_snapshots) {
  return max_snapshots ? std::to_string(*max_snapshots) : "not set";
}

json::Value toJson(const PlannedBackup& backup) {
  return json::Object{
      {"name", backup.name},
      {"remove", backup.remove},
      {"reason", toString(backup.reason)},
      {"why", inWords(backup.reason)},
      {"verdict", toString(backup.verdict)},
      {"time", backup.time ? json::Value(timing::formatRfc3339(*backup.time)) : json::Value()},
      {"uids", json::Array(backup.uids.begin(), backup.uids.end())},
  };
}

/// An object with these keys, each of them, and no other.
void requireKeys(const json::View& view, std::initializer_list<std::string_view> keys) {
  const json::Object* object = view.present() ? view.value()->object() : nullptr;
  if (object == nullptr) return view.fail("must be an object");
  for (const auto& [key, value] : *object) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      view.fail("has an unknown key " + json::excerpt(json::Value(key)));
  }
  for (const std::string_view key : keys) {
    if (object->find(key) == nullptr) view.fail("has no key \"" + std::string(key) + "\"");
  }
}

std::optional<timing::Instant> readTime(const json::View& view) {
  const auto text = view.optionalString();
  if (!text) return std::nullopt;
  const auto instant = timing::parseRfc3339(*text);
  if (!instant) view.fail(instant.error());
  return instant ? std::optional(*instant) : std::nullopt;
}

PlannedBackup readPlannedBackup(const json::View& view) {
  requireKeys(view, {"name", "remove", "reason", "why", "verdict", "time", "uids"});
  PlannedBackup backup{.name = view["name"].string(),
                       .remove = view["remove"].boolean(),
                       .reason = readNamed(view["reason"], RetentionReason::kNoLimit),
                       .verdict = readNamed(view["verdict"], Verdict::kTerminating),
                       .time = readTime(view["time"]),
                       .uids = view["uids"].strings()};
  view["why"].string();
  if (backup.name.empty()) view["name"].fail("must not be empty");
  if (backup.remove != removes(backup.reason))
    view["remove"].fail("contradicts the reason " + std::string(toString(backup.reason)));
  if (backup.remove && backup.uids.empty()) view["uids"].fail("must not be empty");
  if (std::find(backup.uids.begin(), backup.uids.end(), "") != backup.uids.end())
    view["uids"].fail("must not have an empty one");
  std::sort(backup.uids.begin(), backup.uids.end());
  return backup;
}

/// Of an entry that deletes.
std::optional<std::string> whyNotRemoved(const PlannedBackup& filed, const PlannedBackup* now) {
  if (now == nullptr) return std::nullopt;  // gone already
  const bool same_objects =
      std::includes(filed.uids.begin(), filed.uids.end(), now->uids.begin(), now->uids.end());
  if (!same_objects) return "backup " + filed.name + " has other objects than it had";
  if (now->reason == RetentionReason::kTerminating) return std::nullopt;  // on its way
  if (!now->remove) {
    return "backup " + filed.name + " would be kept now: " + std::string(inWords(now->reason));
  }
  const bool begun = now->uids.size() < filed.uids.size();
  if (begun || (now->verdict == filed.verdict && now->reason == filed.reason)) return std::nullopt;
  return "backup " + filed.name + " was " + std::string(toString(filed.verdict)) + " (" +
         std::string(toString(filed.reason)) + ") and is " + std::string(toString(now->verdict)) +
         " (" + std::string(toString(now->reason)) + ")";
}

/// Of an entry that keeps. `newer_came`: backups that may have changed reasons.
std::optional<std::string> whyNotKept(const PlannedBackup& filed, const PlannedBackup* now,
                                      bool newer_came) {
  if (isPassing(filed)) return std::nullopt;
  if (now == nullptr) return "backup " + filed.name + ", which the plan keeps, is gone";
  if (now->uids != filed.uids) return "backup " + filed.name + " has other objects than it had";
  if (now->verdict != filed.verdict) {
    return "backup " + filed.name + " was " + std::string(toString(filed.verdict)) + " and is " +
           std::string(toString(now->verdict));
  }
  const bool displaced =
      newer_came && dependsOnOthers(filed.reason) && dependsOnOthers(now->reason);
  if (now->reason == filed.reason || displaced) return std::nullopt;
  return "of backup " + filed.name + " it was to be said: " + std::string(inWords(filed.reason)) +
         "; and now: " + std::string(inWords(now->reason));
}

}  // namespace

std::vector<PlannedBackup> plannedBackups(const JudgedGroups& groups,
                                          const std::vector<RetentionDecision>& decisions) {
  std::vector<PlannedBackup> backups;
  backups.reserve(groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const JudgedGroup judged = groups[i];
    const BackupGroup& group = judged.group;
    PlannedBackup planned{.name = group.name,
                          .remove = decisions[i].remove,
                          .reason = decisions[i].reason,
                          .verdict = judged.judgement.verdict,
                          .time = isGood(judged.judgement.verdict) ? group.endTime().instant()
                                                                   : group.beginTime().instant(),
                          .uids = {}};
    if (group.backup) planned.uids.push_back(group.backup->uid);
    for (const VolumeSnapshot& member : group.members) {
      if (!member.uid.empty()) planned.uids.push_back(member.uid);
    }
    std::sort(planned.uids.begin(), planned.uids.end());
    backups.push_back(std::move(planned));
  }
  return backups;
}

json::Value toJson(const PrunePlanFile& plan) {
  json::Array backups;
  for (const PlannedBackup& backup : plan.backups) backups.push_back(toJson(backup));
  return json::Object{
      {"version", kVersion},
      {"made", timing::formatMicroTime(plan.made)},
      {"namespace", plan.name_space},
      {"cluster", plan.cluster},
      {"clusterUid", plan.cluster_uid.empty() ? json::Value() : json::Value(plan.cluster_uid)},
      {"maxSnapshots", plan.max_snapshots ? json::Value(*plan.max_snapshots) : json::Value()},
      {"dbRecovery", plan.recovery_snapshot ? json::Value(*plan.recovery_snapshot) : json::Value()},
      {"backups", std::move(backups)},
  };
}

tl::expected<PrunePlanFile, std::string> readPrunePlan(std::string_view text) {
  const auto parsed = json::parse(text);
  if (!parsed) return tl::unexpected("it is no JSON: " + parsed.error());
  json::Decoder decoder(*parsed);
  const json::View root = decoder.root();
  // First, as of another version nothing else is known.
  if (root["version"].integer() != kVersion) {
    root["version"].fail("must be " + std::to_string(kVersion) + ", the one that is understood");
  }
  requireKeys(root, {"version", "made", "namespace", "cluster", "clusterUid", "maxSnapshots",
                     "dbRecovery", "backups"});
  PrunePlanFile plan{.made = readTime(root["made"]).value_or(timing::Instant()),
                     .name_space = root["namespace"].string(),
                     .cluster = root["cluster"].string(),
                     .cluster_uid = root["clusterUid"].stringOr(""),
                     .max_snapshots = root["maxSnapshots"].optionalInteger(),
                     .recovery_snapshot = root["dbRecovery"].optionalString(),
                     .backups = {}};
  root["made"].string();
  if (plan.max_snapshots && *plan.max_snapshots < 1)
    root["maxSnapshots"].fail("must be at least 1");
  if (!root["backups"].present()) root["backups"].fail("must be an array");
  std::set<std::string> names;
  for (const json::View& each : root["backups"].elements()) {
    plan.backups.push_back(readPlannedBackup(each));
    if (!names.insert(plan.backups.back().name).second) each["name"].fail("is there twice");
  }
  auto read = decoder.finish(std::move(plan));
  if (!read) return tl::unexpected(read.error().message());
  return *std::move(read);
}

std::vector<std::string> whyStale(const PrunePlanFile& filed, const PrunePlanFile& now) {
  std::vector<std::string> reasons;
  if (now.cluster_uid != filed.cluster_uid)
    reasons.push_back("Cluster " + filed.cluster + " is another one since");
  if (now.max_snapshots != filed.max_snapshots) {
    reasons.push_back("maxSnapshots was " + limitInWords(filed.max_snapshots) + " and is " +
                      limitInWords(now.max_snapshots));
  }
  if (now.recovery_snapshot != filed.recovery_snapshot) {
    reasons.push_back("dbRecovery named " + orNone(filed.recovery_snapshot) + " and names " +
                      orNone(now.recovery_snapshot));
  }
  const ByName planned = byName(filed);
  const ByName there = byName(now);
  bool newer_came = std::ranges::any_of(filed.backups, isPassing);
  for (const PlannedBackup& backup : now.backups) {
    if (planned.contains(backup.name)) continue;
    if (backup.time && *backup.time > filed.made) {
      newer_came = true;
    } else {
      reasons.push_back("backup " + backup.name + " is not in the plan, and not newer than it");
    }
  }
  for (const PlannedBackup& backup : filed.backups) {
    const auto found = there.find(backup.name);
    const PlannedBackup* current = found == there.end() ? nullptr : found->second;
    auto reason =
        backup.remove ? whyNotRemoved(backup, current) : whyNotKept(backup, current, newer_came);
    if (reason) reasons.push_back(*std::move(reason));
  }
  return reasons;
}

}  // namespace job
