#include "tests/sim/garbage_collector.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "tests/sim/json_path.h"
#include "tests/sim/object_meta.h"

namespace sim {
namespace {

constexpr const char* kForegroundFinalizer = "foregroundDeletion";
constexpr const char* kOrphanFinalizer = "orphan";

bool hasFinalizer(const json::Value& object, std::string_view finalizer) {
  const std::vector<std::string> finalizers = finalizersOf(object);
  return std::find(finalizers.begin(), finalizers.end(), finalizer) != finalizers.end();
}

json::Value withoutFinalizer(json::Value object, std::string_view finalizer) {
  std::vector<std::string> finalizers = finalizersOf(object);
  std::erase(finalizers, finalizer);
  object["metadata"]["finalizers"] = arrayOf(finalizers);
  return object;
}

json::Value withoutOwner(json::Value object, const std::string& uid) {
  json::Array* references = valueAt(object, {"metadata", "ownerReferences"})->array();
  std::erase_if(*references,
                [&](const json::Value& owner) { return textAt(owner, {"uid"}) == uid; });
  return object;
}

}  // namespace

void GarbageCollector::onChange(const StoredChange& change) {
  if (change.type == Change::Type::kDeleted) {
    if (change.key.resource == "namespaces") emptyNamespace(change.key.name);
    ownerGone(uidOf(*change.object));
    resumeOwners(*change.object);
    return;
  }
  // Listeners before this one may have changed it since.
  const StoredObject current = store_.find(change.key);
  if (current == nullptr) return;
  const json::Value& object = *current;
  if (change.type == Change::Type::kAdded && !ownersOf(object).empty() && !hasLivingOwner(object)) {
    remove(object, Propagation::kBackground);
    return;
  }
  if (!isTerminating(object)) return;
  if (hasFinalizer(object, kOrphanFinalizer)) orphanDependents(object);
  if (hasFinalizer(object, kForegroundFinalizer)) deleteInForeground(object);
}

void GarbageCollector::ownerGone(const std::string& uid) {
  for (const StoredObject& dependent : dependentsOf(uid)) {
    if (hasLivingOwner(*dependent)) {
      write(withoutOwner(*dependent, uid));
    } else {
      remove(*dependent, Propagation::kBackground);
    }
  }
}

void GarbageCollector::emptyNamespace(const std::string& name_space) {
  for (const StoredObject& object : store_.all()) {
    if (namespaceOf(*object) == name_space) remove(*object, Propagation::kBackground);
  }
}

void GarbageCollector::deleteInForeground(const json::Value& owner) {
  for (const StoredObject& dependent : dependentsOf(uidOf(owner))) {
    if (!isTerminating(*dependent)) remove(*dependent, Propagation::kForeground);
  }
  if (dependentsOf(uidOf(owner)).empty()) write(withoutFinalizer(owner, kForegroundFinalizer));
}

void GarbageCollector::orphanDependents(const json::Value& owner) {
  for (const StoredObject& dependent : dependentsOf(uidOf(owner))) {
    write(withoutOwner(*dependent, uidOf(owner)));
  }
  write(withoutFinalizer(owner, kOrphanFinalizer));
}

/// An owner deleted in the foreground waits for its last dependent.
void GarbageCollector::resumeOwners(const json::Value& dependent) {
  for (const Owner& owner : ownersOf(dependent)) {
    for (const StoredObject& object : store_.all()) {
      if (uidOf(*object) == owner.uid && isTerminating(*object) &&
          hasFinalizer(*object, kForegroundFinalizer)) {
        deleteInForeground(*object);
      }
    }
  }
}

bool GarbageCollector::hasLivingOwner(const json::Value& object) const {
  const std::vector<Owner> owners = ownersOf(object);
  return std::any_of(owners.begin(), owners.end(), [&](const Owner& owner) {
    const ServedTypePtr type = types_.findKind(owner.api_version, owner.kind);
    // The collector leaves alone what it can't look up.
    if (type == nullptr) return true;
    const std::string name_space = type->definition.namespaced ? namespaceOf(object) : "";
    const StoredObject found = store_.find(keyOf(type->type(), name_space, owner.name));
    return found != nullptr && uidOf(*found) == owner.uid;
  });
}

std::vector<StoredObject> GarbageCollector::dependentsOf(const std::string& uid) const {
  std::vector<StoredObject> dependents = store_.all();
  std::erase_if(dependents, [&](const StoredObject& object) {
    const std::vector<Owner> owners = ownersOf(*object);
    return std::none_of(owners.begin(), owners.end(),
                        [&](const Owner& owner) { return owner.uid == uid; });
  });
  return dependents;
}

void GarbageCollector::remove(const json::Value& object, Propagation propagation) {
  const ServedTypePtr type =
      types_.findKind(textAt(object, {"apiVersion"}), textAt(object, {"kind"}));
  if (type == nullptr) return;
  // Gone or changed meanwhile is as good.
  const Removal removal{uidOf(object), std::nullopt, propagation, false};
  (void)lifecycle_.remove(*type, namespaceOf(object), nameOf(object), removal);
}

void GarbageCollector::write(json::Value object) {
  const ServedTypePtr type =
      types_.findKind(textAt(object, {"apiVersion"}), textAt(object, {"kind"}));
  if (type == nullptr) return;
  const std::string name_space = namespaceOf(object);
  const std::string name = nameOf(object);
  (void)lifecycle_.replace(*type, name_space, name, std::move(object),
                           {Part::kWhole, false, FieldValidation::kIgnore});
}

}  // namespace sim
