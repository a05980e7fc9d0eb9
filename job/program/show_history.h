#pragma once

#include <string>

#include "job/failure.h"
#include "job/pass/session.h"

namespace job {

/// history: reads one ConfigMap and nothing else; that it is not there is no failure. Returns the
/// text in the chosen format.
Outcome<std::string> showHistory(Session& session);

}  // namespace job
