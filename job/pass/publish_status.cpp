#include "job/pass/publish_status.h"

#include "job/decide/status_patch.h"
#include "job/model/joined.h"
#include "job/pass/write_system_status.h"

namespace job {

Published publishStatus(Session& session, NooBaaSystem& system,
                        const std::optional<BackupStatus>& wanted,
                        const std::function<Outcome<void>(bool changed)>& may_write) {
  WrittenStatus written = writeSystemStatus(
      session, system, "write the status",
      [&](const NooBaaSystem& now) { return statusPatch(now.backup_status, wanted); }, may_write);
  Published published{.failure = std::move(written.failure), .warnings = {}};
  if (!written.answer) return published;
  system.backup_status = wanted;
  if (!wanted) return published;
  const std::string dropped = joined(fieldsDropped(*wanted, *written.answer));
  if (!dropped.empty()) {
    published.warnings.push_back(
        "the installed NooBaa CRD drops .status.dbStatus.backupStatus." + dropped +
        "; it is older than 5.21, so the status is shown by db-backup-status only");
  }
  return published;
}

}  // namespace job
