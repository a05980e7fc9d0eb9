#pragma once

#include "job/pass/session.h"
#include "job/report/pass_result.h"

namespace job {

/// `recover`: the recovery pass, which can be repeated and killed at any point; see
/// docs/recovery.md for its states. Waits until the database is up or can't come up.
PassResult recover(Session& session);

}  // namespace job
