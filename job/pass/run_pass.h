#pragma once

#include "job/pass/session.h"
#include "job/report/pass_result.h"

namespace job {

/// One backup pass, from the CR to the status. Every step can be repeated; a pass killed at any
/// point is finished by the next one. Never throws for what the cluster does; the result says
/// everything.
PassResult runPass(Session& session);

}  // namespace job
