#pragma once

#include <string>

#include "tests/sim/object_lifecycle.h"
#include "tests/sim/object_store.h"
#include "tests/sim/type_registry.h"

namespace sim {

/// What the controller manager does after a deletion, at once instead of in a moment: objects whose
/// owners are all gone follow them, and so does what lives in a deleted namespace.
class GarbageCollector {
 public:
  GarbageCollector(ObjectStore& store, const TypeRegistry& types, ObjectLifecycle& lifecycle)
      : store_(store), types_(types), lifecycle_(lifecycle) {}

  void onChange(const StoredChange& change);

 private:
  void ownerGone(const std::string& uid);
  void emptyNamespace(const std::string& name_space);
  void deleteInForeground(const json::Value& owner);
  void orphanDependents(const json::Value& owner);
  void resumeOwners(const json::Value& dependent);
  bool hasLivingOwner(const json::Value& object) const;
  std::vector<StoredObject> dependentsOf(const std::string& uid) const;
  void remove(const json::Value& object, Propagation propagation);
  void write(json::Value object);

  ObjectStore& store_;
  const TypeRegistry& types_;
  ObjectLifecycle& lifecycle_;
};

}  // namespace sim
