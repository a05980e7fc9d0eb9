#pragma once

#include <string>

#include "tests/support/child_process.h"

namespace testing_support {

/// Debian's python3-jsonschema is installed.
bool canValidate(const ScratchFolder& folder);

/// What docs/<schema>.schema.json has against that object, a line each; empty: it is valid. What
/// went wrong otherwise is a line too.
std::string complaints(const ScratchFolder& folder, const std::string& schema,
                       const std::string& object);

}  // namespace testing_support
