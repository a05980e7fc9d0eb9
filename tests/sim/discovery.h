#pragma once

#include <optional>

#include "common/json/value.h"
#include "tests/sim/request_target.h"
#include "tests/sim/type_registry.h"

namespace sim {

/// The answers that say what is served: /api, /apis and below, /version. Empty for other paths and
/// for groups that are not served.
std::optional<json::Value> discoveryDocument(const RequestTarget& target,
                                             const std::vector<ServedTypePtr>& types);

/// Names of the groups, without the core one.
std::vector<std::string> groupNames(const std::vector<ServedTypePtr>& types);

}  // namespace sim
