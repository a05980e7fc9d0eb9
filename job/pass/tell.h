#pragma once

#include <string>

#include "job/model/noobaa_system.h"
#include "job/pass/session.h"

namespace job {

enum class Severity { kNormal, kWarning };
/// kOnce: what every sync finds again, as long as the first Event is kept.
enum class Repeat { kEachTime, kOnce };

/// Records an Event (events.k8s.io/v1) on the NooBaa CR, where `kubectl describe` shows it. Best
/// effort: a failure is logged at debug and never matters.
void tell(Session& session, const NooBaaSystem& system, Severity severity,
          const std::string& reason, const std::string& action, const std::string& note,
          Repeat repeat = Repeat::kEachTime);

}  // namespace job
