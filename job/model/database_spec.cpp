#include "job/model/database_spec.h"

#include <limits>

#include "job/model/object_meta.h"
#include "job/model/quantity.h"

namespace job {
namespace {

json::Value copyOf(const json::View& place) {
  return place.present() ? *place.value() : json::Value();
}

std::optional<int> positiveInteger(const json::View& place) {
  const std::optional<std::int64_t> number = place.optionalInteger();
  if (!number) return std::nullopt;
  if (*number < 1 || *number > std::numeric_limits<int>::max()) {
    place.fail("must be 1 or more, is " + std::to_string(*number));
    return std::nullopt;
  }
  return static_cast<int>(*number);
}

std::string quantity(const json::View& place) {
  std::string text = place.stringOr("");
  if (!text.empty() && !bytesOfQuantity(text)) {
    place.fail("must be a quantity such as 50Gi, is " + json::excerpt(*place.value()));
  }
  return text;
}

/// Kept as JSON, since it goes into the Cluster as it is.
json::Value parametersOf(const json::View& place) {
  place.stringMembers();  // nothing but strings
  return copyOf(place);
}

}  // namespace

tl::expected<DatabaseSpec, json::Error> readDatabaseSpec(const json::Value& noobaa) {
  json::Decoder decoder(noobaa);
  const json::View root = decoder.root();
  const json::View spec = root["spec"];
  const json::View db = spec["dbSpec"];
  const json::View backup = db["dbBackup"];
  const json::View status = root["status"]["dbStatus"];
  return decoder.finish(DatabaseSpec{
      .image = db["image"].stringOr(""),
      .major = positiveInteger(db["postgresMajorVersion"]),
      .instances = positiveInteger(db["instances"]),
      .min_volume_size = quantity(db["dbMinVolumeSize"]),
      .storage_class = db["dbStorageClass"].stringOr(""),
      .resources = copyOf(db["dbResources"]),
      .parameters = parametersOf(db["dbConf"]),
      .snapshot_class = backup["volumeSnapshot"]["volumeSnapshotClass"].stringOr(
          backup["volumeSnapshotClass"].stringOr("")),
      .node_affinity = copyOf(spec["affinity"]["nodeAffinity"]),
      .topology_key = spec["affinity"]["topologyKey"].stringOr(""),
      .tolerations = copyOf(spec["tolerations"]),
      .priority_class = spec["dbPriorityClassName"].stringOr(""),
      .max_endpoints = positiveInteger(spec["endpoints"]["maxCount"]),
      .read_write_once = annotationOf(root, "noobaa.io/pvc_access_mode_rwo") == "true",
      .pod_monitor = annotationOf(root, "noobaa.io/disable_db_default_monitoring") != "true",
      .actual_volume_size = quantity(status["actualVolumeSize"]),
      .current_major = positiveInteger(status["currentPgMajorVersion"]),
  });
}

}  // namespace job
