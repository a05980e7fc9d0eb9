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
  /// Missing: 77, or a warning now and 4 at the end.
  enum class Needed { kToBackUp, kToFinish };
  Needed needed = Needed::kToBackUp;
};
std::string describe(const Right& right, const std::string& name_space);

/// Pure: those of `wanted` that the SelfSubjectRulesReview's answer does not grant; empty (no
/// opinion) when the answer is incomplete.
std::optional<std::vector<Right>> missingRights(const json::Value& review,
                                                const std::vector<Right>& wanted);

/// What the pass uses in the namespace to make, follow and finish a backup; `patches_cluster` when
/// the Cluster's backup section has to be patched first.
std::vector<Right> rightsOfPass(const std::string& cnpg_group, const std::string& cluster,
                                const std::string& system, bool patches_cluster = false);

}  // namespace job
