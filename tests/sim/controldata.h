#pragma once

#include <string>

#include "common/time/instant.h"

namespace sim {

/// What pg_controldata says of an instance's data directory, as far as anybody reads it.
struct ControlData {
  std::string state = "shut down in recovery";
  std::string system_identifier = "7460012345678901234";
  std::string checkpoint = "0/7000028";
  int major_version = 16;
  int timeline = 1;
  timing::Instant modified;
};

/// Where the write-ahead log of a database that is written to has got to by then, as an LSN.
std::string checkpointAt(timing::Instant when);

/// The place of the latest checkpoint in pg_controldata's output; "" when it is not there.
std::string checkpointIn(const std::string& text);
/// Where the checkpoint is that PostgreSQL writes when it has started on what was shut down with
/// one at `lsn`.
std::string checkpointAfter(const std::string& lsn);

/// pg_controldata's output.
std::string formatControlData(const ControlData& data);

}  // namespace sim
