#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/json/value.h"
#include "common/time/clock.h"
#include "tests/sim/object_store.h"
#include "tests/sim/status_error.h"
#include "tests/sim/type_registry.h"

namespace sim {

/// Which part of an object a write is about.
enum class Part {
  kMain,    ///< all but the status, where the type has a status subresource
  kStatus,  ///< the status alone
  kWhole    ///< both: what controllers in this process may do
};

enum class FieldValidation { kIgnore, kWarn, kStrict };

struct WriteOptions {
  Part part = Part::kMain;
  bool dry_run = false;
  FieldValidation unknown_fields = FieldValidation::kWarn;
};

struct Written {
  json::Value object;
  bool created = false;
  std::vector<std::string> warnings = {};
};

enum class Propagation { kBackground, kForeground, kOrphan };

struct Removal {
  std::optional<std::string> uid;  // preconditions, which an empty text never meets
  std::optional<std::string> resource_version;
  Propagation propagation = Propagation::kBackground;
  bool dry_run = false;
};

struct Removed {
  json::Value object;
  bool gone = false;  // else finalizers hold it
};

/// What happens to an object from its creation to its end: the metadata that the server owns,
/// validation, optimistic locking, finalizers.
class ObjectLifecycle {
 public:
  ObjectLifecycle(ObjectStore& store, timing::Clock& clock) : store_(store), clock_(clock) {}

  Outcome<Written> create(const ServedType& type, const std::string& name_space, json::Value object,
                          const WriteOptions& options);
  Outcome<Written> replace(const ServedType& type, const std::string& name_space,
                           const std::string& name, json::Value object,
                           const WriteOptions& options);
  Outcome<Written> mergePatch(const ServedType& type, const std::string& name_space,
                              const std::string& name, const json::Value& patch,
                              const WriteOptions& options);
  Outcome<Removed> remove(const ServedType& type, const std::string& name_space,
                          const std::string& name, const Removal& removal);

 private:
  Outcome<std::vector<std::string>> decode(const ServedType& type, const std::string& name_space,
                                           json::Value& object, const WriteOptions& options) const;
  Outcome<void> checkNamespaceExists(const std::string& name_space) const;
  std::vector<Cause> causesOf(const ServedType& type, const json::Value& object,
                              const json::Value* before) const;
  Outcome<Written> update(const ServedType& type, const ObjectKey& key, const json::Value& before,
                          json::Value after, const WriteOptions& options);
  std::string nextUid();
  std::string nextSuffix();

  ObjectStore& store_;
  timing::Clock& clock_;
  std::uint64_t uids_ = 0;
  std::uint64_t suffixes_ = 0;
};

ObjectKey keyOf(const k8s::ResourceType& type, const std::string& name_space,
                const std::string& name);

}  // namespace sim
