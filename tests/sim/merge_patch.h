#pragma once

#include "common/json/value.h"

namespace sim {

/// RFC 7386: members of `patch` replace those of `target`, null removes, objects are merged.
void applyMergePatch(json::Value& target, const json::Value& patch);

}  // namespace sim
