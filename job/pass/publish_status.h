#pragma once

#include <optional>
#include <string>
#include <vector>

#include "job/pass/catalogue.h"
#include "job/pass/examine.h"

namespace job {

/// What came of writing the status.
struct Published {
  bool complete = true;              // false: the fields are not what they should be
  std::vector<std::string> problems; // why
  std::vector<std::string> warnings; // fields that the installed CRD drops
};

/// Writes status.dbStatus.backupStatus of the NooBaa CR where it differs from `wanted` (empty: clears it).
Published publishStatus(Session& session, const NooBaaSystem& system, const std::optional<BackupStatus>& wanted);

}  // namespace job
