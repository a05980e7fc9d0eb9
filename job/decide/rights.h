#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/json/value.h"

namespace job {

/// A verb on a resource, by which RBAC grants.
struct Right {
  std::string verb;
  std::string group;
  std::string resource;  // plural, with "/status" for a subresource
  std::string name;      // empty: any object
  /// Missing: 77; a warning now and 4 at the end; nothing to a pass, 77 to `sync`; 77 to `recover`,
  /// and to `sync` a warning while there is something to recover; nothing but a warning, and only
  /// `check` asks.
  enum class Needed { kToBackUp, kToFinish, kToSync, kToRecover, kToRecord };
  Needed needed = Needed::kToBackUp;
};
std::string describe(const Right& right, const std::string& name_space);

/// Pure: those of `wanted` that the SelfSubjectRulesReview's answer does not grant; empty (no
/// opinion) when the answer is incomplete.
std::optional<std::vector<Right>> missingRights(const json::Value& review,
                                                const std::vector<Right>& wanted);

/// What a pass works on, as far as rights go.
struct PassScope {
  std::string cnpg_group;
  std::string cluster;
  std::string system;
  bool patches_cluster = false;     // its backup section has to be patched first
  bool labels = true;               // marks the snapshots of the backup
  bool prunes = true;               // and writes the status
  bool suspends_schedules = false;  // there are some, and --operator-schedule is suspend
  std::string cron_job;             // that `sync` keeps in step; empty: none
};

/// What the pass uses in the namespace to make, follow and finish a backup.
std::vector<Right> rightsOfPass(const PassScope& scope);
/// What a recovery can't do without. That it may not write recoveryStatus is told, and no obstacle.
std::vector<Right> rightsToRecover(const PassScope& scope);
/// What the history takes: `get` to make room in a full ConfigMap, and for `history` and `why`.
std::vector<Right> rightsToRecord();

}  // namespace job
