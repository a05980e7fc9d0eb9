#pragma once

#include <string>

#include "job/model/noobaa_system.h"
#include "job/pass/event_kinds.h"
#include "job/pass/session.h"

namespace job {

/// Records an Event (events.k8s.io/v1) on the NooBaa CR, where `kubectl describe` shows it. The
/// same words are told once as long as the API server keeps the Event, an hour by default, however
/// often a pass or its retries find them again. Best effort: a failure is logged at debug and never
/// matters.
void tell(Session& session, const NooBaaSystem& system, const EventKind& kind,
          const std::string& note);

}  // namespace job
