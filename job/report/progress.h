#pragma once

#include <string>

#include "common/time/instant.h"

namespace job {

/// Where a wait shows that it lives: one live line on a terminal, nothing elsewhere (there the log
/// has a line a change).
class Progress {
 public:
  virtual ~Progress() = default;
  /// `what` is a clause ("Backup backup-1 is started, noobaa-db-pg-cluster-2 is stopped for it");
  /// `elapsed` since the wait began.
  virtual void show(const std::string& what, timing::Duration elapsed) = 0;
  /// The wait is over; the next output starts on a clean line.
  virtual void clear() = 0;
};

class NoProgress final : public Progress {
 public:
  void show(const std::string&, timing::Duration) override {}
  void clear() override {}
};

}  // namespace job
