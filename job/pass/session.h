#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <utility>

#include "common/k8s/client.h"
#include "common/log/logger.h"
#include "common/time/clock.h"
#include "common/time/deadline.h"
#include "job/cli/settings.h"
#include "job/report/progress.h"

namespace job {

/// What a pass may take beyond --timeout, which bounds its waits: to prune, to write the status, to
/// say what is fenced.
inline constexpr std::chrono::minutes kGrace{2};

/// What every step of a command works with. References borrow from the program, which outlives it.
struct Session {
  k8s::Client& client;
  timing::Clock& clock;
  logging::Logger& log;
  Progress& progress;
  const Settings& settings;
  std::string name_space;
  std::string run_id;
  std::string holder;  // of the Lease, unique: "<run id>/<pod or host>-<random>"
  std::stop_token stop;
  timing::Deadline patience;  // of all waiting: --timeout
  timing::Deadline end;       // of the whole command: kGrace later
  bool colours = false;       // the result goes to a terminal that has them
  /// Renews the Lease while a call waits; set while the lock is held. False ends the call.
  std::function<bool()> idle = {};
  /// The same, but false as soon as the Lease has lapsed, though nobody may have taken it yet.
  std::function<bool()> idle_while_changing = {};

  std::string cluster() const { return settings.clusterName(); }
  /// For single calls.
  k8s::CallContext context() const { return {end, stop, idle}; }
  /// For calls that change something: one that is tried again and again ends with the Lease, lest
  /// it take effect when another pass acts already.
  k8s::CallContext changing() const { return {end, stop, idle_while_changing}; }
  /// For waits.
  k8s::CallContext waiting() const { return {patience, stop, idle}; }
  k8s::ObjectRef object(const k8s::ResourceType& type, std::string name) const {
    return {type, name_space, std::move(name)};
  }
  k8s::ObjectRef collection(const k8s::ResourceType& type) const { return {type, name_space, ""}; }
};

}  // namespace job
