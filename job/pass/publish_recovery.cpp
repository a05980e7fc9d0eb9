#include "job/pass/publish_recovery.h"

#include "job/decide/recovery_status.h"
#include "job/model/joined.h"
#include "job/model/names.h"
#include "job/pass/cluster_reader.h"

namespace job {

Published publishRecovery(Session& session, NooBaaSystem& system, const RecoveryStatus& wanted,
                          const std::function<Outcome<void>(bool changed)>& may_write) {
  constexpr int kTries = 5;
  Published published;
  const auto wish = system.recovery_snapshot;
  for (int attempt = 1;; ++attempt) {
    if (system.recovery_snapshot != wish) return published;
    auto patch = recoveryStatusPatch(system.recovery_status, wanted);
    if (!patch) return published;
    (*patch)["metadata"]["resourceVersion"] = system.resource_version;
    if (auto may = may_write(attempt > 1); !may) {
      published.failure = may.error();
      return published;
    }
    const auto answer = session.client.mergePatch(session.object(nooBaaType(), system.name), *patch,
                                                  k8s::Subresource::kStatus, session.changing());
    if (answer) {
      system.recovery_status = wanted;
      if (auto now = readNooBaaSystem(*answer)) system.resource_version = now->resource_version;
      const std::string dropped = joined(fieldsDropped(wanted, *answer));
      if (!dropped.empty()) {
        published.warnings.push_back(
            "the installed NooBaa CRD drops .status.dbStatus.recoveryStatus." + dropped +
            "; it is older than 5.21, so how the recovery stands is shown by recover only");
      }
      return published;
    }
    if (!answer.error().isConflict() || attempt == kTries) {
      published.failure = failureOf(answer.error(), "write the recovery status of NooBaa " +
                                                        session.name_space + "/" + system.name);
      // No outage: others write all the time.
      if (answer.error().isConflict()) published.failure->code = ExitCode::kIncomplete;
      return published;
    }
    auto read = readSystem(session);
    if (!read) {
      published.failure = read.error();
      return published;
    }
    system = *std::move(read);
  }
}

}  // namespace job
