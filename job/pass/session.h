#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "common/k8s/client.h"
#include "common/k8s/lease_lock.h"
#include "common/log/logger.h"
#include "common/time/clock.h"
#include "common/time/deadline.h"
#include "job/cli/settings.h"
#include "job/report/progress.h"

namespace job {

/// What every step of a command works with. References borrow from the program, which outlives it.
struct Session {
  k8s::Client& client;
  timing::Clock& clock;
  logging::Logger& log;
  Progress& progress;
  const Settings& settings;
  std::string name_space;
  std::string run_id;
  std::string holder;       // of the Lease: "<run id>/<pod or host>"
  std::stop_token stop;
  timing::Deadline deadline;  // of all waiting: --timeout

  std::string cluster() const { return settings.clusterName(); }
  k8s::CallContext context() const { return {deadline, stop}; }
  /// For the short calls after the waiting: pruning and status get their time even when the wait used all of
  /// --timeout.
  k8s::CallContext finishing() const {
    return {timing::Deadline::in(clock, std::chrono::minutes(2)), stop};
  }
  k8s::ObjectRef object(const k8s::ResourceType& type, std::string name) const {
    return {type, name_space, std::move(name)};
  }
  k8s::ObjectRef collection(const k8s::ResourceType& type) const { return {type, name_space, ""}; }
};

}  // namespace job
