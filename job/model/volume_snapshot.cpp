#include "job/model/volume_snapshot.h"

#include <utility>

#include "common/json/parse.h"
#include "job/model/names.h"
#include "job/model/object_meta.h"

namespace job {
namespace {

/// A resource.Quantity is a string or a whole number.
std::string quantityOf(const json::View& quantity) {
  const std::int64_t* number = quantity.present() ? quantity.value()->integer() : nullptr;
  return number != nullptr ? std::to_string(*number) : quantity.stringOr("");
}

std::optional<VolumeRole> roleNamed(std::string_view name) {
  for (const VolumeRole role : {VolumeRole::kData, VolumeRole::kWal, VolumeRole::kTablespace}) {
    if (toString(role) == name) return role;
  }
  return std::nullopt;
}

/// What the Cluster was when the snapshot was taken.
struct Manifest {
  std::optional<VolumeSet> volumes;
  std::string uid;
};
Manifest readManifest(const std::string& text) {
  const auto cluster = json::parse(text);
  if (!cluster || cluster->object() == nullptr) return {};
  const json::Value* spec = cluster->object()->find("spec");
  if (spec == nullptr || spec->object() == nullptr) return {};
  json::Decoder decoder(*cluster);
  return {volumesOf(*cluster), decoder.root()["metadata"]["uid"].stringOr("")};
}

}  // namespace

std::string_view toString(VolumeRole role) {
  switch (role) {
    case VolumeRole::kData:
      return "PG_DATA";
    case VolumeRole::kWal:
      return "PG_WAL";
    case VolumeRole::kTablespace:
      return "PG_TABLESPACE";
  }
  return "";
}

tl::expected<VolumeSnapshot, json::Error> readVolumeSnapshot(const json::Value& object) {
  json::Decoder decoder(object);
  const json::View root = decoder.root();
  const json::View status = root["status"];
  const auto annotation = [&root](std::string_view key) {
    return annotationOf(root, key).value_or("");
  };
  ObjectMeta meta = readObjectMeta(root);
  Manifest manifest = readManifest(annotation(kClusterManifestAnnotation));
  return decoder.finish(VolumeSnapshot{
      .name = std::move(meta.name),
      .uid = std::move(meta.uid),
      .resource_version = std::move(meta.resource_version),
      .cluster = labelOf(root, kClusterLabel),
      .backup_name = labelOf(root, kBackupNameLabel),
      .scheduled_by = labelOf(root, kScheduledBackupLabel),
      .role = roleNamed(annotation(kPvcRoleAnnotation)),
      .tablespace = labelOf(root, kTablespaceLabel),
      .source_pvc = root["spec"]["source"]["persistentVolumeClaimName"].stringOr(""),
      .ready = status["readyToUse"].booleanOr(false),
      .error = status["error"]["message"].stringOr(""),
      .restore_size = quantityOf(status["restoreSize"]),
      .deleting = meta.deleting,
      .created = meta.created,
      .backup_start = Timestamp::read(annotation(kBackupStartAnnotation)),
      .backup_end = Timestamp::read(annotation(kBackupEndAnnotation)),
      .has_label_file = !annotation(kBackupLabelFileAnnotation).empty(),
      .control_data = readControlData(annotation(kControlDataAnnotation)),
      .manifest_volumes = std::move(manifest.volumes),
      .manifest_cluster_uid = std::move(manifest.uid),
      .ours = isLabelledOurs(root),
      .run = labelOf(root, kRunLabel),
      .held = isAnnotatedHeld(root),
      .recorded_verdict = annotation(kVerdictAnnotation),
  });
}

}  // namespace job
