#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/json/value.h"
#include "tests/sim/api_server.h"

namespace sim {

/// An object as stored: never changed, only replaced.
using StoredObject = std::shared_ptr<const json::Value>;

struct ObjectKey {
  std::string resource;  // "backups.postgresql.cnpg.io"
  std::string name_space;
  std::string name;
  friend auto operator<=>(const ObjectKey&, const ObjectKey&) = default;
};

struct StoredChange {
  Change::Type type = Change::Type::kAdded;
  ObjectKey key;
  StoredObject object;  // the last state when deleted
  StoredObject before;  // empty when added
  std::uint64_t revision = 0;
};

/// What etcd is to the real server: objects by key, one revision for each change, and the history
/// from which watches and consistent pages are served until it is compacted.
class ObjectStore {
 public:
  /// Called after each change.
  explicit ObjectStore(std::function<void(const StoredChange&)> listener)
      : listener_(std::move(listener)) {}

  std::uint64_t revision() const { return revision_; }
  std::uint64_t compactedRevision() const { return compacted_; }
  void compact() { compacted_ = revision_; }

  StoredObject find(const ObjectKey& key) const;
  /// Ordered by namespace and name; an empty namespace means all.
  std::vector<StoredObject> list(const std::string& resource, const std::string& name_space) const;
  /// The same as it was at `revision`.
  std::vector<StoredObject> listAt(const std::string& resource, const std::string& name_space,
                                   std::uint64_t revision) const;
  std::vector<StoredObject> all() const;

  /// Stores with the next revision as metadata.resourceVersion.
  StoredObject put(const ObjectKey& key, json::Value object);
  /// Removes; what watchers are told is `last` with the deletion's revision.
  StoredObject erase(const ObjectKey& key, json::Value last);

  /// The changes after `revision`, compacted ones included.
  std::span<const StoredChange> since(std::uint64_t revision) const;

 private:
  StoredObject record(Change::Type type, const ObjectKey& key, json::Value object,
                      StoredObject before);

  std::function<void(const StoredChange&)> listener_;
  std::map<ObjectKey, StoredObject> objects_;
  std::vector<StoredChange> history_;
  std::uint64_t revision_ = 1;
  std::uint64_t compacted_ = 0;
};

}  // namespace sim
