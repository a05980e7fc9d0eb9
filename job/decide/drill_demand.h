#pragma once

#include <string>
#include <vector>

#include "common/json/value.h"
#include "job/decide/quota.h"

namespace job {

/// Pure: what CNPG makes for a Cluster of one instance that comes from snapshots, by what a
/// ResourceQuota counts: claims and storage in all and of each class, a Job, a Pod at a time with
/// the resources of the spec, three Services, four Secrets, an account with its Role.
Demand demandOf(const json::Value& cluster);
/// The storage classes that it names, each once.
std::vector<std::string> storageClassesOf(const json::Value& cluster);

}  // namespace job
