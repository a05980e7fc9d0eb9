#include "tests/sim/fencing.h"

#include <algorithm>

#include "common/json/parse.h"
#include "common/json/write.h"
#include "tests/sim/fields.h"

namespace sim {
namespace {

constexpr const char* kAnnotation = "cnpg.io/fencedInstances";

}  // namespace

std::vector<std::string> fencedInstances(const json::Value& cluster) {
  const auto list = json::parse(annotation(cluster, kAnnotation));
  if (!list || list->array() == nullptr) return {};
  std::vector<std::string> names;
  for (const auto& name : *list->array()) {
    if (name.string() != nullptr) names.push_back(*name.string());
  }
  return names;
}

bool isFenced(const json::Value& cluster, const std::string& instance) {
  const auto names = fencedInstances(cluster);
  return std::any_of(names.begin(), names.end(),
                     [&](const auto& name) { return name == instance || name == "*"; });
}

void fence(json::Value& cluster, const std::string& instance) {
  auto names = fencedInstances(cluster);
  names.push_back(instance);
  setAnnotation(cluster, kAnnotation, json::write(arrayOf(names)));
}

void unfence(json::Value& cluster, const std::string& instance) {
  auto names = fencedInstances(cluster);
  std::erase(names, instance);
  if (names.empty()) {
    eraseAt(cluster, {"metadata", "annotations", kAnnotation});
  } else {
    setAnnotation(cluster, kAnnotation, json::write(arrayOf(names)));
  }
}

}  // namespace sim
