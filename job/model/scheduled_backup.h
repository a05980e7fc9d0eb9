#pragma once

#include <string>
#include <tl/expected.hpp>

#include "common/json/value.h"
#include "common/json/view.h"

namespace job {

/// A CNPG ScheduledBackup: somebody else's schedule for a cluster.
struct ScheduledBackup {
  std::string name;
  std::string uid;
  std::string cluster;
  bool suspended = false;
  std::string
      owner_kind;  // kind of its controller, "NooBaa" when noobaa-operator made it; may be empty
};

tl::expected<ScheduledBackup, json::Error> readScheduledBackup(const json::Value& object);

}  // namespace job
