#include "job/pass/publish_status.h"

#include "job/decide/status_patch.h"
#include "job/model/joined.h"
#include "job/model/names.h"

namespace job {

Published publishStatus(Session& session, const NooBaaSystem& system,
                        const std::optional<BackupStatus>& wanted,
                        const k8s::CallContext& context) {
  Published published;
  const auto patch = statusPatch(system.backup_status, wanted);
  if (!patch) return published;
  const auto answer = session.client.mergePatch(session.object(nooBaaType(), system.name), *patch,
                                                k8s::Subresource::kStatus, context);
  if (!answer) {
    published.failure = failureOf(
        answer.error(), "write the status of NooBaa " + session.name_space + "/" + system.name);
    return published;
  }
  if (!wanted) return published;
  const std::string dropped = joined(fieldsDropped(*wanted, *answer));
  if (!dropped.empty()) {
    published.warnings.push_back(
        "the installed NooBaa CRD drops .status.dbStatus.backupStatus." + dropped +
        "; it is older than 5.21, so the status is shown by db-backup-status only");
  }
  return published;
}

}  // namespace job
