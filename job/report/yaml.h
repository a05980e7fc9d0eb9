#pragma once

#include <string>

#include "common/json/value.h"

namespace job {

/// A JSON object or array as block YAML, in the order of its members, as kubectl lays it out. A
/// string that YAML 1.1 or 1.2 could read as anything else is quoted, so that every parser gets the
/// same values that the JSON has.
std::string writeYaml(const json::Value& value);

}  // namespace job
