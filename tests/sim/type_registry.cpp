#include "tests/sim/type_registry.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace sim {

TypeRegistry::TypeRegistry() {
  for (ServedType& type : builtInTypes()) add(std::move(type));
}

void TypeRegistry::add(ServedType type) {
  const k8s::ResourceType& id = type.type();
  auto key = std::make_tuple(id.group, id.version, id.plural);
  types_[std::move(key)] = std::make_shared<const ServedType>(std::move(type));
}

void TypeRegistry::remove(const std::string& group, const std::string& plural) {
  std::erase_if(types_, [&](const auto& entry) {
    return std::get<0>(entry.first) == group && std::get<2>(entry.first) == plural;
  });
}

ServedTypePtr TypeRegistry::find(const std::string& group, const std::string& version,
                                 const std::string& plural) const {
  const auto entry = types_.find({group, version, plural});
  return entry == types_.end() ? nullptr : entry->second;
}

ServedTypePtr TypeRegistry::findKind(const std::string& api_version,
                                     const std::string& kind) const {
  for (const auto& [key, type] : types_) {
    if (type->type().kind == kind && type->type().apiVersion() == api_version) return type;
  }
  return nullptr;
}

std::vector<ServedTypePtr> TypeRegistry::all() const {
  std::vector<ServedTypePtr> types;
  for (const auto& [key, type] : types_) types.push_back(type);
  return types;
}

ServedType customType(TypeDefinition definition) {
  ServedType type;
  type.definition = std::move(definition);
  type.custom = true;
  type.counts_generation = true;
  type.unconditional_update = false;
  type.singular = type.type().kind;
  std::transform(type.singular.begin(), type.singular.end(), type.singular.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  type.list_kind = type.type().kind + "List";
  if (type.definition.schema) {
    type.schema = std::make_shared<const Schema>(*type.definition.schema);
  }
  return type;
}

}  // namespace sim
