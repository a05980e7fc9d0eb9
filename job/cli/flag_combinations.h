#pragma once

#include <optional>
#include <string>

#include "job/cli/settings.h"

namespace job {

/// Pure: what single flags can't say, once all have been read: which need each other, exclude each
/// other, or are wrong for the cluster at hand. The usage error, one line; empty: all is well.
std::optional<std::string> wrongCombination(const Settings& settings);

}  // namespace job
