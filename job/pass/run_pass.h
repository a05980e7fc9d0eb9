#pragma once

#include "job/pass/session.h"
#include "job/report/pass_result.h"

namespace job {

/// `run`: one backup pass, from the CR to the status.
PassResult runPass(Session& session);

}  // namespace job
