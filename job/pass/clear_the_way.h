#pragma once

#include <optional>
#include <string>
#include <vector>

#include "job/decide/adoption.h"
#include "job/pass/configuration.h"
#include "job/pass/run.h"

namespace job {

/// What is in flight or done already, or else the way to a new Backup.
struct Cleared {
  std::optional<Backup> adopted;  // then there is nothing to make
  Backups backups;
  std::string run;      // whose result would count; empty when that turned out bad
  bool waited = false;  // for another's, so that all that was read before may be stale
};

/// Adopts what is in flight or completed of this run, or waits for another's Backup to end.
/// Failures: 5 (it outlasts --timeout), 143.
Outcome<Cleared> clearTheWay(Run& run, const Configuration& configuration);

/// What these Backups say to do now.
Start startAmong(const Run& run, const Backups& backups, const std::string& run_id);

}  // namespace job
