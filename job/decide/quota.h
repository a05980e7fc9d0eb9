#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/json/value.h"

namespace job {

/// What something is going to use, in the names that a ResourceQuota counts by: "pods",
/// "persistentvolumeclaims", "requests.storage", "requests.cpu",
/// "fast.storageclass.storage.k8s.io/requests.storage",
/// "count/volumesnapshots.snapshot.storage.k8s.io".
using Demand = std::map<std::string, std::string>;  // name -> quantity

/// Pure: the limits of these ResourceQuota objects that `demand` would exceed, one clause each,
/// with the quota's name, what is used, what is allowed and what is missing:
///
///   ResourceQuota team: 80Gi of 100Gi requests.storage are used, 50Gi more are needed: 30Gi too
///   many
///
/// As the API server's admission does (apiserver, plugin/resourcequota): a limit binds as the
/// quota's status has it, and as its spec has it before there is a status. `cpu` and `memory` mean
/// requests, and count/X of a core resource the same as X. A quota with scopes counts some pods
/// only: those without a deadline or a priority class are ours, with requests or limits unless the
/// demand names none.
std::vector<std::string> exceededQuotas(const std::vector<json::Value>& quotas,
                                        const Demand& demand);

}  // namespace job
