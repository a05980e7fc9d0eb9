#pragma once

#include <stdexcept>
#include <string_view>

#include "common/json/parse.h"

namespace job {

/// The JSON text of a test's object; the test itself is wrong when it does not parse.
inline json::Value parsed(std::string_view text) {
  auto value = json::parse(text);
  if (!value) throw std::invalid_argument(value.error());
  return *std::move(value);
}

/// `text` with the members of `patch` set: objects are merged, everything else is replaced.
inline void mergeInto(json::Value& target, const json::Value& patch) {
  if (patch.object() == nullptr) {
    target = patch;
    return;
  }
  if (target.object() == nullptr) target = json::Object();
  for (const auto& [key, value] : *patch.object()) mergeInto(target[key], value);
}

}  // namespace job
