#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/json/value.h"

namespace job {

/// What something is going to use, in the names that a ResourceQuota counts by: "pods", "count/
/// volumesnapshots.snapshot.storage.k8s.io", "requests.storage", "persistentvolumeclaims".
using Demand = std::map<std::string, std::string>;  // name -> quantity

/// Pure: the limits of these ResourceQuota objects that `demand` would exceed, one clause each,
/// with the quota's name, what is used, what is allowed and what is missing.
std::vector<std::string> exceededQuotas(const std::vector<json::Value>& quotas,
                                        const Demand& demand);

}  // namespace job
