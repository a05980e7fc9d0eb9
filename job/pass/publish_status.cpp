#include "job/pass/publish_status.h"

#include "job/decide/status_patch.h"
#include "job/model/joined.h"
#include "job/model/names.h"
#include "job/pass/cluster_reader.h"

namespace job {

Published publishStatus(Session& session, NooBaaSystem& system,
                        const std::optional<BackupStatus>& wanted,
                        const std::function<Outcome<void>(bool changed)>& may_write) {
  constexpr int kTries = 5;
  Published published;
  for (int attempt = 1;; ++attempt) {
    auto patch = statusPatch(system.backup_status, wanted);
    if (!patch) return published;
    (*patch)["metadata"]["resourceVersion"] = system.resource_version;
    if (auto may = may_write(attempt > 1); !may) {
      published.failure = may.error();
      return published;
    }
    const auto answer = session.client.mergePatch(session.object(nooBaaType(), system.name), *patch,
                                                  k8s::Subresource::kStatus, session.changing());
    if (answer) {
      system.backup_status = wanted;
      if (auto now = readNooBaaSystem(*answer)) system.resource_version = now->resource_version;
      if (!wanted) return published;
      const std::string dropped = joined(fieldsDropped(*wanted, *answer));
      if (!dropped.empty()) {
        published.warnings.push_back(
            "the installed NooBaa CRD drops .status.dbStatus.backupStatus." + dropped +
            "; it is older than 5.21, so the status is shown by db-backup-status only");
      }
      return published;
    }
    if (!answer.error().isConflict() || attempt == kTries) {
      published.failure = failureOf(
          answer.error(), "write the status of NooBaa " + session.name_space + "/" + system.name);
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
