#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "common/json/value.h"
#include "common/json/view.h"
#include "job/model/timestamp.h"

namespace job {

/// A batch/v1 CronJob, what concerns its schedule.
struct CronJob {
  std::string name;
  std::string resource_version;
  std::string schedule;
  std::string time_zone;                          // "" when absent: the controller manager's own
  std::optional<std::int64_t> starting_deadline;  // seconds; how late a firing is still started
  Timestamp created;
  bool suspended = false;
  /// Annotation noobaa.io/db-backup-suspended: why we (or the chart, until the first sync)
  /// suspended it. Empty on one that somebody suspended by hand, which is not ours to resume.
  std::string suspended_for;
};

tl::expected<CronJob, json::Error> readCronJob(const json::Value& object);

}  // namespace job
