#pragma once

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
/// clears it).
Published publishStatus(Session& session, const NooBaaSystem& system,
                        const std::optional<BackupStatus>& wanted, const k8s::CallContext& context);

}  // namespace job
