#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "job/model/control_data.h"

namespace job {

/// What the backup says of its database against what the restored one says.
struct DrillComparison {
  enum class Result { kMatches, kDiffers, kUnknown };
  std::string what;      // "system identifier"
  std::string expected;  // "" when the backup does not say
  std::string found;     // "" when the database did not
  Result result = Result::kUnknown;
};
std::string_view toString(DrillComparison::Result result);  // "matches"...

/// Pure. `certificate` is the snapshot's cnpg.io/pgControldata, `system_id` the restored Cluster's
/// status.systemID, `restored` what its instance says now. The restored checkpoint matches when it
/// is not before the backup's (timeline, then position): PostgreSQL writes another as it starts.
/// What either side does not tell is unknown, never a match.
std::vector<DrillComparison> compareWithBackup(const std::optional<ControlData>& certificate,
                                               const std::string& system_id,
                                               const std::optional<ControlData>& restored);

/// Pure: why a database that answered is not verified to be the backup's, for people; "" when it
/// is: the system identifier matches and nothing differs. A checkpoint alone may be any database's.
std::string whyNotVerified(const std::vector<DrillComparison>& comparisons,
                           const std::string& backup);

}  // namespace job
