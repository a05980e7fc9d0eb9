#pragma once

#include <chrono>
#include <map>
#include <string>

#include "tests/sim/api_server.h"
#include "tests/sim/faults.h"
#include "tests/sim/timeline.h"

namespace sim {

struct SnapshotterTiming {
  timing::Duration provision = std::chrono::seconds(1);  // creation to content and creationTime
  timing::Duration ready = std::chrono::seconds(3);      // provisioned to readyToUse
  timing::Duration retry = std::chrono::seconds(10);   // after an error, or when removal is blocked
  timing::Duration removal = std::chrono::seconds(1);  // deletionTimestamp to gone

  /// The same driver, so many times as fast.
  SnapshotterTiming fasterBy(double factor) const;
};

/// The CSI snapshot controller and its driver: gives each new VolumeSnapshot a content, makes it
/// ready, and takes both away when it is deleted. A Pending PersistentVolumeClaim that restores
/// from a snapshot keeps it.
class Snapshotter {
 public:
  Snapshotter(ApiServer& server, Timeline& timeline, const timing::Clock& clock,
              SnapshotterTiming timing, Faults& faults);

 private:
  struct Key {
    std::string name_space;
    std::string name;
    std::string uid;
  };

  void onChange(const Change& change);
  void after(timing::Duration delay, std::function<void()> step);
  /// The snapshot, unless it is gone or another one of that name.
  std::optional<json::Value> current(const Key& key) const;
  void protect(const Key& key);
  void provision(const Key& key);
  void makeReady(const Key& key);
  void finishRemoval(const Key& key);

  /// Why the snapshot can't be cut at this attempt; empty when it can.
  std::string obstacle(const json::Value& snapshot);
  std::string plannedError(const std::string& name);
  void reportError(const Key& key, const std::string& message);
  std::string restoreSize(const json::Value& snapshot) const;
  bool isBeingRestored(const json::Value& snapshot) const;
  json::Value classOf(const json::Value& snapshot) const;

  ApiServer& server_;
  Timeline& timeline_;
  const timing::Clock& clock_;
  SnapshotterTiming timing_;
  Faults& faults_;
};

}  // namespace sim
