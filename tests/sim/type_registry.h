#pragma once

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "common/json/value.h"
#include "tests/sim/api_server.h"
#include "tests/sim/object_meta.h"
#include "tests/sim/schema.h"

namespace sim {

/// A served type with the habits of its registry in the real server.
struct ServedType {
  TypeDefinition definition;
  std::string singular;
  std::string list_kind;
  std::vector<std::string> short_names;
  std::shared_ptr<const Schema> schema;  // empty: every field passes
  bool custom = false;                   // defined by a CustomResourceDefinition
  bool counts_generation = false;
  bool unconditional_update = true;  // PUT may come without a resourceVersion
  bool create_on_update = false;     // PUT of an absent object creates it
  bool returns_deleted = false;      // DELETE answers with the object, not with a Status
  NameRule name_rule = NameRule::kSubdomain;
  /// Completes an object on creation.
  void (*prepare)(json::Value& object) = nullptr;
  /// Why the JSON does not decode into the Go type (400); empty when it does.
  std::string (*undecodable)(const json::Value& object) = nullptr;
  /// What validation refuses (422); `before` is null on creation.
  std::vector<Cause> (*causes)(const json::Value& object, const json::Value* before) = nullptr;

  const k8s::ResourceType& type() const { return definition.type; }
};

using ServedTypePtr = std::shared_ptr<const ServedType>;

/// What is served: the built-in types from the start, others as they are defined.
class TypeRegistry {
 public:
  TypeRegistry();

  void add(ServedType type);
  void remove(const std::string& group, const std::string& plural);
  /// Nullptr when not served.
  ServedTypePtr find(const std::string& group, const std::string& version,
                     const std::string& plural) const;
  ServedTypePtr findKind(const std::string& api_version, const std::string& kind) const;
  std::vector<ServedTypePtr> all() const;

 private:
  std::map<std::tuple<std::string, std::string, std::string>, ServedTypePtr> types_;
};

/// A type with the habits of custom resources.
ServedType customType(TypeDefinition definition);
std::vector<ServedType> builtInTypes();

}  // namespace sim
