#include "tests/sim/snapshotter.h"

#include <algorithm>
#include <utility>

#include "common/time/rfc3339.h"
#include "tests/sim/fields.h"
#include "tests/sim/kinds.h"
#include "tests/sim/object_meta.h"
#include "tests/sim/snapshot_objects.h"

namespace sim {
namespace {

bool isProvisioned(const json::Value& snapshot) {
  return hasAt(snapshot, {"status", "boundVolumeSnapshotContentName"});
}

k8s::ObjectRef contentRef(const json::Value& snapshot) {
  return {snapshotContentType(), "",
          textAt(snapshot, {"status", "boundVolumeSnapshotContentName"})};
}

bool restoresFrom(const json::Value& claim, const std::string& snapshot) {
  for (const std::string_view source : {"dataSource", "dataSourceRef"}) {
    if (textAt(claim, {"spec", source, "kind"}) == "VolumeSnapshot" &&
        textAt(claim, {"spec", source, "name"}) == snapshot) {
      return true;
    }
  }
  return false;
}

}  // namespace

SnapshotterTiming SnapshotterTiming::fasterBy(double factor) const {
  const auto scaled = [&](timing::Duration duration) {
    return std::chrono::duration_cast<timing::Duration>(duration / factor);
  };
  return {.provision = scaled(provision),
          .ready = scaled(ready),
          .retry = scaled(retry),
          .removal = scaled(removal)};
}

Snapshotter::Snapshotter(ApiServer& server, Timeline& timeline, const timing::Clock& clock,
                         SnapshotterTiming timing, Faults& faults)
    : server_(server), timeline_(timeline), clock_(clock), timing_(timing), faults_(faults) {
  server_.onChange([this](const Change& change) { onChange(change); });
}

void Snapshotter::onChange(const Change& change) {
  if (!(change.resource == snapshotType()) || change.type == Change::Type::kDeleted) return;
  const Key key{namespaceOf(change.object), nameOf(change.object), uidOf(change.object)};
  if (change.type == Change::Type::kAdded && !isProvisioned(change.object)) {
    after(timing::Duration::zero(), [this, key] { protect(key); });
    after(timing_.provision, [this, key] { provision(key); });
  }
  if (isTerminating(change.object)) {
    after(timing_.removal, [this, key] { finishRemoval(key); });
  }
}

void Snapshotter::after(timing::Duration delay, std::function<void()> step) {
  timeline_.at(clock_.now() + std::chrono::duration_cast<timing::Instant::duration>(delay),
               std::move(step));
}

std::optional<json::Value> Snapshotter::current(const Key& key) const {
  auto snapshot = server_.get({snapshotType(), key.name_space, key.name});
  if (!snapshot || uidOf(*snapshot) != key.uid) return std::nullopt;
  return snapshot;
}

void Snapshotter::protect(const Key& key) {
  const auto snapshot = current(key);
  if (faults_.driver_silent || !snapshot || isTerminating(*snapshot)) return;
  server_.update({snapshotType(), key.name_space, key.name}, [&](json::Value& object) {
    placeAt(object, {"metadata", "finalizers"}) = snapshotFinalizers(classOf(*snapshot));
  });
}

void Snapshotter::provision(const Key& key) {
  const auto snapshot = current(key);
  if (!snapshot || isTerminating(*snapshot) || isProvisioned(*snapshot)) return;
  if (faults_.driver_silent) {
    after(timing_.retry, [this, key] { provision(key); });
    return;
  }
  if (const std::string message = obstacle(*snapshot); !message.empty()) {
    reportError(key, message);
    after(timing_.retry, [this, key] { provision(key); });
    return;
  }
  server_.create(contentObject(*snapshot, classOf(*snapshot)));
  server_.update({snapshotType(), key.name_space, key.name}, [&](json::Value& object) {
    placeAt(object, {"status"}) =
        json::Object{{"boundVolumeSnapshotContentName", contentName(object)},
                     {"creationTime", timing::formatRfc3339(clock_.now())},
                     {"restoreSize", restoreSize(object)},
                     {"readyToUse", false}};
  });
  after(faults_.ready_after.value_or(timing_.ready), [this, key] { makeReady(key); });
}

void Snapshotter::makeReady(const Key& key) {
  if (!current(key)) return;
  if (faults_.snapshot_never_ready || faults_.driver_silent) {
    after(timing_.retry, [this, key] { makeReady(key); });
    return;
  }
  server_.update({snapshotType(), key.name_space, key.name}, [](json::Value& object) {
    placeAt(object, {"status", "readyToUse"}) = true;
    eraseAt(object, {"status", "error"});
  });
}

void Snapshotter::finishRemoval(const Key& key) {
  const auto snapshot = current(key);
  if (!snapshot || !isTerminating(*snapshot)) return;
  if (faults_.driver_silent || isBeingRestored(*snapshot)) {
    after(timing_.retry, [this, key] { finishRemoval(key); });
    return;
  }
  if (const auto content = server_.get(contentRef(*snapshot));
      content && textAt(*content, {"spec", "deletionPolicy"}) == "Delete") {
    server_.update(contentRef(*snapshot), [](json::Value& object) {
      eraseAt(object, {"metadata", "finalizers"});
    });
    server_.remove(contentRef(*snapshot));
  }
  // Only its own protection: somebody else's finalizer keeps the object.
  server_.update({snapshotType(), key.name_space, key.name}, [](json::Value& object) {
    auto finalizers = finalizersOf(object);
    std::erase_if(finalizers, [](const std::string& name) {
      return name.starts_with("snapshot.storage.kubernetes.io/");
    });
    placeAt(object, {"metadata", "finalizers"}) = arrayOf(finalizers);
  });
}

std::string Snapshotter::obstacle(const json::Value& snapshot) {
  if (std::string planned = plannedError(nameOf(snapshot)); !planned.empty()) return planned;
  const std::string class_name = textAt(snapshot, {"spec", "volumeSnapshotClassName"});
  if (classOf(snapshot).isNull()) {
    return "Failed to get snapshot class with error volumesnapshotclass.snapshot.storage.k8s.io "
           "\"" +
           class_name + "\" not found";
  }
  const std::string claim = textAt(snapshot, {"spec", "source", "persistentVolumeClaimName"});
  if (!server_.get({claimType(), namespaceOf(snapshot), claim})) {
    return "Failed to create snapshot content with error snapshot controller failed to update " +
           nameOf(snapshot) + " on API server: cannot get claim from snapshot";
  }
  return "";
}

std::string Snapshotter::plannedError(const std::string& name) {
  for (auto& error : faults_.snapshot_errors) {
    if (error.times <= 0 || !name.ends_with(error.suffix)) continue;
    --error.times;
    return error.message;
  }
  return "";
}

void Snapshotter::reportError(const Key& key, const std::string& message) {
  server_.update({snapshotType(), key.name_space, key.name}, [&](json::Value& object) {
    placeAt(object, {"status", "readyToUse"}) = false;
    placeAt(object, {"status", "error"}) =
        json::Object{{"message", message}, {"time", timing::formatRfc3339(clock_.now())}};
  });
}

std::string Snapshotter::restoreSize(const json::Value& snapshot) const {
  const auto claim =
      server_.get({claimType(), namespaceOf(snapshot),
                   textAt(snapshot, {"spec", "source", "persistentVolumeClaimName"})});
  return claim ? textAt(*claim, {"status", "capacity", "storage"}) : std::string();
}

bool Snapshotter::isBeingRestored(const json::Value& snapshot) const {
  const auto claims = server_.list(claimType(), namespaceOf(snapshot));
  return std::any_of(claims.begin(), claims.end(), [&](const json::Value& claim) {
    return textAt(claim, {"status", "phase"}) == "Pending" && restoresFrom(claim, nameOf(snapshot));
  });
}

json::Value Snapshotter::classOf(const json::Value& snapshot) const {
  const auto found =
      server_.get({snapshotClassType(), "", textAt(snapshot, {"spec", "volumeSnapshotClassName"})});
  return found.value_or(json::Value());
}

}  // namespace sim
