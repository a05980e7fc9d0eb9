#include "job/pass/tell.h"

#include "common/k8s/event.h"
#include "job/model/names.h"

namespace job {

void tell(Session& session, const NooBaaSystem& system, const EventKind& kind,
          const std::string& note) {
  using Type = k8s::Event::Type;
  const k8s::Event event{
      .regarding = {.ref = session.object(nooBaaType(), system.name),
                    .uid = system.uid,
                    .resource_version = system.resource_version},
      .type = kind.severity == Severity::kNormal ? Type::kNormal : Type::kWarning,
      .reason = std::string(kind.reason),
      .action = std::string(kind.action),
      .note = note,
      .reporting_controller = "noobaa.io/" + std::string(kProgramName),
      .reporting_instance = session.holder,
      .once = true};
  k8s::recordEvent(session.client, event, session.context());
}

}  // namespace job
