#pragma once

#include <optional>
#include <string>
#include <vector>

#include "job/decide/backup_request.h"
#include "job/model/backup.h"
#include "job/pass/result_of.h"

namespace job {

/// A command in progress that makes or removes backups: its session and what it has to say so far.
struct Run {
  Session& session;
  PassResult& result;
  BackupRequest request = {};          // what it makes, if it makes one
  std::optional<Backup> deleted = {};  // its own Backup, when somebody deleted it in flight

  bool dryRun() const { return session.client.options().dry_run; }
  void warn(const std::string& warning) { job::warn(session, result, warning); }
  void warn(const std::vector<std::string>& warnings) {
    for (const std::string& warning : warnings) warn(warning);
  }
};

}  // namespace job
