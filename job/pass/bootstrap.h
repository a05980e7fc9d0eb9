#pragma once

#include <string>

#include "job/failure.h"
#include "job/pass/session.h"

namespace job {

/// `bootstrap`: the Cluster object that the settings ask for, as YAML or JSON. With --apply it is
/// created instead, under the Lease, once nothing is left of an older one, and validated by a
/// server-side dry run first; the text then says what was made, as JSON it is the object. Never
/// beside a Cluster that exists in any CNPG group, nor over claims that it would take up (6).
Outcome<std::string> bootstrap(Session& session);

}  // namespace job
