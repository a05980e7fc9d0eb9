#include "job/pass/tell.h"

#include "common/k8s/event.h"
#include "job/model/names.h"

namespace job {

void tell(Session& session, const NooBaaSystem& system, Severity severity,
          const std::string& reason, const std::string& action, const std::string& note,
          Repeat repeat) {
  using Type = k8s::Event::Type;
  const k8s::Event event{.regarding = {.ref = session.object(nooBaaType(), system.name),
                                       .uid = system.uid,
                                       .resource_version = system.resource_version},
                         .type = severity == Severity::kNormal ? Type::kNormal : Type::kWarning,
                         .reason = reason,
                         .action = action,
                         .note = note,
                         .reporting_controller = "noobaa.io/" + std::string(kProgramName),
                         .reporting_instance = session.holder,
                         .once = repeat == Repeat::kOnce};
  k8s::recordEvent(session.client, event, session.context());
}

}  // namespace job
