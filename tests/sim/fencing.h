#pragma once

#include <string>
#include <vector>

#include "common/json/value.h"

namespace sim {

/// The Cluster's annotation cnpg.io/fencedInstances: whose PostgreSQL has to stand still; "*" is
/// everybody's.
std::vector<std::string> fencedInstances(const json::Value& cluster);
bool isFenced(const json::Value& cluster, const std::string& instance);
void fence(json::Value& cluster, const std::string& instance);
/// Removes the annotation with the last name.
void unfence(json::Value& cluster, const std::string& instance);

}  // namespace sim
