#include "job/model/noobaa_system.h"

#include "common/text/trimmed.h"
#include "job/model/names.h"
#include "job/model/object_meta.h"

namespace job {
namespace {

/// A field that may stand in the nested form or in the flat one, but not in both saying two things.
template <typename T>
std::optional<T> eitherForm(const json::View& nested, const json::View& flat,
                            std::optional<T> (json::View::*read)() const) {
  const std::optional<T> of_nested = (nested.*read)();
  const std::optional<T> of_flat = (flat.*read)();
  if (of_nested && of_flat && *of_nested != *of_flat) {
    flat.fail("is " + json::excerpt(*flat.value()) + ", but " + nested.path() + " is " +
              json::excerpt(*nested.value()) + ": remove one of them");
  }
  return of_nested ? of_nested : of_flat;
}

std::optional<BackupSpec> readBackupSpec(const json::View& backup) {
  if (!backup.present()) return std::nullopt;
  const json::View nested = backup["volumeSnapshot"];
  return BackupSpec{
      .schedule = backup["schedule"].optionalString(),
      .snapshot_class = eitherForm(nested["volumeSnapshotClass"], backup["volumeSnapshotClass"],
                                   &json::View::optionalString),
      .max_snapshots =
          eitherForm(nested["maxSnapshots"], backup["maxSnapshots"], &json::View::optionalInteger),
  };
}

std::optional<std::string> readRecoverySnapshot(const json::View& recovery) {
  if (!recovery.present()) return std::nullopt;
  const json::View name = recovery["volumeSnapshotName"];
  // CNPG and kubectl see names with a stray blank as others; whoever typed it meant this one.
  std::string snapshot(text::trimmed(name.string()));
  if (snapshot.empty()) name.fail("must not be empty");
  return snapshot;
}

std::optional<BackupStatus> readBackupStatus(const json::View& status) {
  if (!status.present()) return std::nullopt;
  return BackupStatus{
      .last_backup_time = status["lastBackupTime"].stringOr(""),
      .next_backup_time = status["nextBackupTime"].stringOr(""),
      .total_snapshots = status["totalSnapshots"].integerOr(0),
      .available_snapshots = status["availableSnapshots"].strings(),
  };
}

std::optional<RecoveryStatus> readRecoveryStatus(const json::View& status) {
  if (!status.present()) return std::nullopt;
  return RecoveryStatus{
      .status = status["status"].stringOr(""),
      .snapshot_name = status["snapshotName"].stringOr(""),
      .recovery_time = status["recoveryTime"].stringOr(""),
  };
}

}  // namespace

tl::expected<NooBaaSystem, json::Error> readNooBaaSystem(const json::Value& object) {
  json::Decoder decoder(object);
  const json::View root = decoder.root();
  const json::View spec = root["spec"];
  const json::View db_spec = spec["dbSpec"];
  ObjectMeta meta = readObjectMeta(root);
  return decoder.finish(NooBaaSystem{
      .name = std::move(meta.name),
      .name_space = std::move(meta.name_space),
      .uid = std::move(meta.uid),
      .resource_version = std::move(meta.resource_version),
      .deleting = meta.deleting,
      .has_db_spec = db_spec.present(),
      .external_postgres = spec["externalPgSecret"].present(),
      .backup = readBackupSpec(db_spec["dbBackup"]),
      .recovery_snapshot = readRecoverySnapshot(db_spec["dbRecovery"]),
      .backup_status = readBackupStatus(root["status"]["dbStatus"]["backupStatus"]),
      .recovery_status = readRecoveryStatus(root["status"]["dbStatus"]["recoveryStatus"]),
  });
}

json::Value ownerReferenceTo(const NooBaaSystem& system) {
  const k8s::ResourceType type = nooBaaType();
  return json::Object{{"apiVersion", type.apiVersion()},
                      {"kind", type.kind},
                      {"name", system.name},
                      {"uid", system.uid},
                      {"controller", true},
                      {"blockOwnerDeletion", false}};
}

}  // namespace job
