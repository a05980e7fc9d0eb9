#pragma once

#include <string>
#include <vector>

#include "common/json/value.h"
#include "job/decide/recovery_source.h"

namespace job {

/// How far a Cluster that is being made from a backup has come.
struct RecoveryProgress {
  enum class State { kGoingOn, kDone, kFailed };
  State state = State::kGoingOn;
  std::string words;  // for people: what it waits for, by what it is proven, or why it can't succeed
};

/// Pure. `cluster` is the live object, `jobs` and `claims` the namespace's that carry its label.
/// Done is what CNPG's status alone does not show: healthy, all instances ready, and the first
/// instance's claim has the wanted snapshot as its dataSource. Failed is a recovery Job that gave
/// up, a claim that can't be provisioned, or a phase without a way out.
RecoveryProgress recoveryProgress(const json::Value& cluster, const std::vector<json::Value>& jobs,
                                  const std::vector<json::Value>& claims,
                                  const RecoverySource& source);

}  // namespace job
