#pragma once

#include <string>

#include "job/failure.h"
#include "job/pass/session.h"

namespace job {

/// `bootstrap`: the Cluster object that the settings ask for, as YAML or JSON; with --apply it is
/// validated by a server-side dry run and then created, never beside one that exists (6).
Outcome<std::string> bootstrap(Session& session);

}  // namespace job
