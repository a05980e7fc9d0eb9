#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "common/json/value.h"

namespace job {

/// Pure: the CNPG API group that a new Cluster is made in. `asked` is --cnpg-api-group ("auto", or
/// one), `served` the CNPG groups of this API server, `manifest` the Cluster that it is made after,
/// or null. The manifest's group counts when it is served; a flag that says another is an error, as
/// is a choice that nothing decides. The error says what to do.
tl::expected<std::string, std::string> groupOfNewCluster(std::string_view asked,
                                                         const std::vector<std::string>& served,
                                                         const json::Value& manifest);

}  // namespace job
