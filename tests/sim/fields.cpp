#include "tests/sim/fields.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "common/json/parse.h"

namespace sim {

std::int64_t numberAt(const json::Value& object, Path path, std::int64_t fallback) {
  const json::Value* at = valueAt(object, path);
  return at == nullptr || at->integer() == nullptr ? fallback : *at->integer();
}

json::Array elementsAt(const json::Value& object, Path path) {
  const json::Value* at = valueAt(object, path);
  return at == nullptr || at->array() == nullptr ? json::Array() : *at->array();
}

bool hasAt(const json::Value& object, Path path) {
  const json::Value* at = valueAt(object, path);
  return at != nullptr && !at->isNull();
}

json::Value& placeAt(json::Value& object, Path path) {
  json::Value* at = &object;
  for (const auto key : path) at = &(*at)[key];
  return *at;
}

void eraseAt(json::Value& object, Path path) {
  json::Value* at = &object;
  const auto* last = path.end() - 1;
  for (const auto* key = path.begin(); key != last; ++key) {
    at = at->object() == nullptr ? nullptr : at->object()->find(*key);
    if (at == nullptr) return;
  }
  if (at->object() != nullptr) at->object()->erase(*last);
}

std::string label(const json::Value& object, std::string_view key) {
  return textAt(object, {"metadata", "labels", key});
}

std::string annotation(const json::Value& object, std::string_view key) {
  return textAt(object, {"metadata", "annotations", key});
}

void setLabel(json::Value& object, std::string_view key, std::string value) {
  placeAt(object, {"metadata", "labels", key}) = std::move(value);
}

void setAnnotation(json::Value& object, std::string_view key, std::string value) {
  placeAt(object, {"metadata", "annotations", key}) = std::move(value);
}

json::Value literal(std::string_view text) {
  auto value = json::parse(text);
  if (!value) {
    std::fprintf(stderr, "not JSON: %s\n", value.error().c_str());
    std::abort();
  }
  return *std::move(value);
}

}  // namespace sim
