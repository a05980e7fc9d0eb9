#include "tests/sim/object_store.h"

#include <algorithm>
#include <utility>

namespace sim {
namespace {

std::vector<StoredObject> collect(const std::map<ObjectKey, StoredObject>& objects,
                                  const std::string& resource, const std::string& name_space) {
  std::vector<StoredObject> found;
  for (auto entry = objects.lower_bound({resource, name_space, ""});
       entry != objects.end() && entry->first.resource == resource; ++entry) {
    if (!name_space.empty() && entry->first.name_space != name_space) break;
    found.push_back(entry->second);
  }
  return found;
}

}  // namespace

StoredObject ObjectStore::find(const ObjectKey& key) const {
  const auto entry = objects_.find(key);
  return entry == objects_.end() ? nullptr : entry->second;
}

std::vector<StoredObject> ObjectStore::list(const std::string& resource,
                                            const std::string& name_space) const {
  return collect(objects_, resource, name_space);
}

std::vector<StoredObject> ObjectStore::listAt(const std::string& resource,
                                              const std::string& name_space,
                                              std::uint64_t revision) const {
  std::map<ObjectKey, StoredObject> objects;
  for (const auto& [key, object] : objects_) {
    if (key.resource == resource) objects.emplace(key, object);
  }
  const std::span<const StoredChange> later = since(revision);
  for (auto change = later.rbegin(); change != later.rend(); ++change) {
    if (change->key.resource != resource) continue;
    if (change->before == nullptr) {
      objects.erase(change->key);
    } else {
      objects[change->key] = change->before;
    }
  }
  return collect(objects, resource, name_space);
}

std::vector<StoredObject> ObjectStore::all() const {
  std::vector<StoredObject> objects;
  for (const auto& [key, object] : objects_) objects.push_back(object);
  return objects;
}

StoredObject ObjectStore::put(const ObjectKey& key, json::Value object) {
  StoredObject before = find(key);
  const Change::Type type = before == nullptr ? Change::Type::kAdded : Change::Type::kModified;
  return record(type, key, std::move(object), std::move(before));
}

StoredObject ObjectStore::erase(const ObjectKey& key, json::Value last) {
  return record(Change::Type::kDeleted, key, std::move(last), find(key));
}

std::span<const StoredChange> ObjectStore::since(std::uint64_t revision) const {
  const auto first = std::upper_bound(
      history_.begin(), history_.end(), revision,
      [](std::uint64_t number, const StoredChange& change) { return number < change.revision; });
  return std::span(history_).subspan(static_cast<std::size_t>(first - history_.begin()));
}

StoredObject ObjectStore::record(Change::Type type, const ObjectKey& key, json::Value object,
                                 StoredObject before) {
  object["metadata"]["resourceVersion"] = std::to_string(++revision_);
  auto stored = std::make_shared<const json::Value>(std::move(object));
  if (type == Change::Type::kDeleted) {
    objects_.erase(key);
  } else {
    objects_[key] = stored;
  }
  const StoredChange change{type, key, stored, std::move(before), revision_};
  history_.push_back(change);
  listener_(change);
  return stored;
}

}  // namespace sim
