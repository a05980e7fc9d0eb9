#pragma once

#include <string>
#include <vector>

#include "common/json/value.h"

namespace job {

/// What is left of a Cluster that was deleted.
struct Leftovers {
  enum class State {
    kGone,
    kGoing,    ///< wait: a Cluster created now would take up what is about to vanish, and burn
    kOrphaned  ///< stays, and CNPG would adopt it instead of what spec.bootstrap says
  };
  State state = State::kGone;
  std::vector<std::string> going;     // "Pod <name>"..., in order of kinds and names
  std::vector<std::string> orphaned;  // names of PersistentVolumeClaims
  std::string words;                  // one clause for people; "" when gone
};

/// Pure. The objects are the namespace's; those without label cnpg.io/cluster=`cluster` are left
/// out. Orphaned is a claim without ownerReferences that is not being deleted; one whose owner is
/// gone is only waiting for the garbage collector.
Leftovers leftoversOf(const std::string& cluster, const std::vector<json::Value>& claims,
                      const std::vector<json::Value>& pods, const std::vector<json::Value>& jobs);

}  // namespace job
