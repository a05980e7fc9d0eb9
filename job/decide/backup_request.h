#pragma once

#include <string>

namespace job {

/// What kind of backup is asked for. As it stands: what a scheduled pass makes.
struct BackupRequest {
  bool on_demand = false;  // by a person, for now
  std::string name;        // empty: one from the present second
  bool online = false;     // of a running PostgreSQL
  bool hold = false;       // kept until somebody releases it
  bool wait = true;        // until it has ended, and then finish as a pass does
};

}  // namespace job
