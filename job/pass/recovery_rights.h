#pragma once

#include "job/failure.h"
#include "job/pass/session.h"

namespace job {

/// The rights that a recovery needs and this account lacks, for people: "" when it has them all.
Outcome<std::string> rightsMissingToRecover(Session& session);

/// A refusal for want of a right, with all those that a recovery needs and this account lacks, so
/// that they can be granted at once. Other failures stay as they are.
Failure withMissingRights(Session& session, Failure failure);

}  // namespace job
