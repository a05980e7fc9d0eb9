#include "tests/sim/merge_patch.h"

namespace sim {

void applyMergePatch(json::Value& target, const json::Value& patch) {
  const json::Object* changes = patch.object();
  if (changes == nullptr) {
    target = patch;
    return;
  }
  if (target.object() == nullptr) target = json::Object{};
  json::Object& members = *target.object();
  for (const auto& [key, change] : *changes) {
    if (change.isNull()) {
      members.erase(key);
    } else {
      applyMergePatch(members[key], change);
    }
  }
}

}  // namespace sim
