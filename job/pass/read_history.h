#pragma once

#include <optional>

#include "job/failure.h"
#include "job/model/history.h"
#include "job/pass/session.h"

namespace job {

/// What ConfigMap noobaa-db-backup-history has of this Cluster, by one request. Empty: there is no
/// such ConfigMap.
Outcome<std::optional<History>> findHistory(Session& session);

}  // namespace job
