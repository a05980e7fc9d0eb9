#include "job/model/backup.h"

#include "job/model/names.h"
#include "job/model/object_meta.h"

namespace job {
namespace {

BackupProgress progressOf(const json::View& status) {
  const std::string phase = status["phase"].stringOr("");
  if (phase == "completed") return BackupProgress::kCompleted;
  if (phase == "failed" || phase == "invalid backup definition") return BackupProgress::kFailed;
  const bool ended = !status["reconciliationTerminatedAt"].stringOr("").empty();
  return ended ? BackupProgress::kFailed : BackupProgress::kInFlight;
}

}  // namespace

std::optional<timing::Instant> Backup::begun() const {
  return started.instant() ? started.instant() : created.instant();
}

tl::expected<Backup, json::Error> readBackup(const json::Value& object) {
  json::Decoder decoder(object);
  const json::View root = decoder.root();
  const json::View spec = root["spec"];
  const json::View status = root["status"];
  ObjectMeta meta = readObjectMeta(root);
  return decoder.finish(Backup{
      .name = std::move(meta.name),
      .uid = std::move(meta.uid),
      .resource_version = std::move(meta.resource_version),
      .cluster = spec["cluster"]["name"].string(),
      .method = spec["method"].stringOr("barmanObjectStore"),
      .online = spec["online"].optionalBoolean(),
      .has_label_file = !status["backupLabelFile"].stringOr("").empty(),
      .phase = status["phase"].stringOr(""),
      .progress = progressOf(status),
      .error = status["error"].stringOr(""),
      .instance = status["instanceID"]["podName"].stringOr(""),
      .created = meta.created,
      .started = Timestamp::read(status["startedAt"].stringOr("")),
      .stopped = Timestamp::read(status["stoppedAt"].stringOr("")),
      .deleting = meta.deleting,
      .ours = isLabelledOurs(root),
      .run = labelOf(root, kRunLabel),
      .held = isAnnotatedHeld(root),
      .scheduled_by = labelOf(root, kScheduledBackupLabel),
  });
}

}  // namespace job
