#pragma once

#include <yaml-cpp/yaml.h>

#include "common/json/value.h"

namespace k8s {

/// A sound document (keys are strings, no endless aliases) as JSON, by YAML 1.2's core schema:
/// quoted scalars are strings, plain ones null, booleans, numbers or strings by their look.
json::Value jsonOf(const YAML::Node& node);

}  // namespace k8s
