#include "tests/sim/custom_definition.h"

#include <string>
#include <utility>

#include "tests/sim/json_path.h"

namespace sim {
namespace {

json::Value condition(const char* type, const char* reason, const char* message,
                      const std::string& since) {
  return json::Object{{"type", type},
                      {"status", "True"},
                      {"lastTransitionTime", since},
                      {"reason", reason},
                      {"message", message}};
}

json::Array versionsOf(const json::Value& definition) {
  const json::Value* versions = valueAt(definition, {"spec", "versions"});
  if (versions == nullptr || versions->array() == nullptr) return {};
  return *versions->array();
}

}  // namespace

std::vector<ServedType> typesDefinedBy(const json::Value& definition) {
  std::vector<ServedType> types;
  for (const json::Value& version : versionsOf(definition)) {
    if (!flagAt(version, {"served"})) continue;
    TypeDefinition defined;
    defined.type = {textAt(definition, {"spec", "group"}), textAt(version, {"name"}),
                    textAt(definition, {"spec", "names", "plural"}),
                    textAt(definition, {"spec", "names", "kind"})};
    defined.namespaced = textAt(definition, {"spec", "scope"}) == "Namespaced";
    defined.has_status = valueAt(version, {"subresources", "status"}) != nullptr;
    if (const json::Value* schema = valueAt(version, {"schema", "openAPIV3Schema"})) {
      defined.schema = *schema;
    }
    ServedType type = customType(std::move(defined));
    if (const std::string name = textAt(definition, {"spec", "names", "singular"}); !name.empty()) {
      type.singular = name;
    }
    if (const std::string name = textAt(definition, {"spec", "names", "listKind"}); !name.empty()) {
      type.list_kind = name;
    }
    type.short_names = textsAt(definition, {"spec", "names", "shortNames"});
    types.push_back(std::move(type));
  }
  return types;
}

json::Value establishedStatus(const json::Value& definition, const std::string& since) {
  json::Array conditions;
  conditions.push_back(condition("NamesAccepted", "NoConflicts", "no conflicts found", since));
  conditions.push_back(condition("Established", "InitialNamesAccepted",
                                 "the initial names have been accepted", since));
  json::Array stored;
  for (const json::Value& version : versionsOf(definition)) {
    if (flagAt(version, {"storage"})) stored.emplace_back(textAt(version, {"name"}));
  }
  return json::Object{{"conditions", std::move(conditions)},
                      {"acceptedNames", *valueAt(definition, {"spec", "names"})},
                      {"storedVersions", std::move(stored)}};
}

}  // namespace sim
