#pragma once

#include <vector>

#include "common/json/value.h"
#include "tests/sim/type_registry.h"

namespace sim {

/// The types that a CustomResourceDefinition defines, one for each served version.
std::vector<ServedType> typesDefinedBy(const json::Value& definition);
/// The definition's status once its names are accepted and it is served.
json::Value establishedStatus(const json::Value& definition, const std::string& since);

}  // namespace sim
