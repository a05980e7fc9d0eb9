#pragma once

#include <functional>

#include "job/pass/publish_status.h"

namespace job {

/// Writes status.dbStatus.recoveryStatus of the NooBaa CR, and nothing else of it, where it differs
/// from `wanted`, and keeps in `system` what is there then. `may_write` as with publishStatus().
/// A conflict that shows dbRecovery changed (then `system` has it) ends it without a write: whoever
/// looks next says what becomes of that. Conflicts without end are kIncomplete.
Published publishRecovery(Session& session, NooBaaSystem& system, const RecoveryStatus& wanted,
                          const std::function<Outcome<void>(bool changed)>& may_write);

}  // namespace job
