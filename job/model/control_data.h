#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "job/model/wal_position.h"

namespace job {

/// What pg_controldata says of the data directory at the moment of the snapshot (C locale text).
struct ControlData {
  std::string state;  // "shut down", "shut down in recovery", "in production"...
  std::string system_identifier;
  /// Of the latest checkpoint; of a standby, of the last one it replayed. Empty when not told.
  std::optional<WalPosition> checkpoint;

  /// PostgreSQL was stopped cleanly: the files are consistent by themselves.
  bool shutDown() const { return state == "shut down" || state == "shut down in recovery"; }
  friend bool operator==(const ControlData&, const ControlData&) = default;
};

/// Empty when the text has no "Database cluster state" line: then there is nothing to judge by.
std::optional<ControlData> readControlData(std::string_view text);

}  // namespace job
