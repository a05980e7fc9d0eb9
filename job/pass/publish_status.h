#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "job/pass/catalogue.h"
#include "job/pass/configuration.h"

namespace job {

/// What came of writing the status.
struct Published {
  std::optional<Failure> failure;
  std::vector<std::string> warnings;  // fields that the installed CRD drops
};

/// Writes status.dbStatus.backupStatus of the NooBaa CR where it differs from `wanted` (empty:
/// clears it), and keeps in `system` what is there then. `may_write` is asked before each try;
/// after a conflict (`changed`) the CR is read again and it has to make sure: a write that is late,
/// by a retry or a process that stood still, never undoes a later pass's.
Published publishStatus(Session& session, NooBaaSystem& system,
                        const std::optional<BackupStatus>& wanted,
                        const std::function<Outcome<void>(bool changed)>& may_write);

}  // namespace job
