#pragma once

#include "job/failure.h"
#include "job/pass/session.h"

namespace job {

/// A refusal for want of a right, with all those that a recovery needs and this account lacks, so
/// that they can be granted at once. Other failures stay as they are.
Failure withMissingRights(Session& session, Failure failure);

}  // namespace job
