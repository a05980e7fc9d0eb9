#include "job/model/cluster.h"

#include "common/json/parse.h"
#include "job/model/names.h"
#include "job/model/object_meta.h"

namespace job {
namespace {

VolumeSet volumesIn(const json::View& spec) {
  VolumeSet volumes{.wal = spec["walStorage"].present(), .tablespaces = {}};
  for (const json::View& tablespace : spec["tablespaces"].elements()) {
    volumes.tablespaces.insert(tablespace["name"].string());
  }
  return volumes;
}

/// Storage can come from PersistentVolumeClaims too; those names say nothing of snapshots.
void addSnapshotName(const json::View& source, std::vector<std::string>& names) {
  const std::string name = source["name"].stringOr("");
  if (!name.empty() && source["kind"].stringOr("VolumeSnapshot") == "VolumeSnapshot") {
    names.push_back(name);
  }
}

BootstrapReferences bootstrapReferencesIn(const json::View& spec) {
  const json::View recovery = spec["bootstrap"]["recovery"];
  const json::View sources = recovery["volumeSnapshots"];
  BootstrapReferences references{.snapshots = {},
                                 .backup = recovery["backup"]["name"].stringOr("")};
  addSnapshotName(sources["storage"], references.snapshots);
  addSnapshotName(sources["walStorage"], references.snapshots);
  const json::View tablespaces = sources["tablespaceStorage"];
  if (tablespaces.present() && tablespaces.value()->object() != nullptr) {
    for (const auto& [tablespace, source] : *tablespaces.value()->object()) {
      addSnapshotName(tablespaces[tablespace], references.snapshots);
    }
  }
  return references;
}

/// CNPG refuses backups under a list it cannot read, so an unreadable one counts as a fence by
/// itself: better one refusal that shows it than a Cluster that cannot be looked at.
std::vector<std::string> fencedInstancesIn(const std::optional<std::string>& annotation) {
  if (!annotation) return {};
  const auto list = json::parse(*annotation);
  if (!list) return {*annotation};
  json::Decoder decoder(*list);
  std::vector<std::string> instances = decoder.root().strings();
  if (decoder.error()) return {*annotation};
  return instances;
}

std::string groupOf(const std::string& api_version) {
  const std::size_t slash = api_version.find('/');
  return slash == std::string::npos ? std::string() : api_version.substr(0, slash);
}

bool isReady(const json::View& status) {
  for (const json::View& condition : status["conditions"].elements()) {
    if (condition["type"].stringOr("") == "Ready") {
      return condition["status"].stringOr("") == "True";
    }
  }
  return false;
}

}  // namespace

VolumeSet volumesOf(const json::Value& cluster_object) {
  json::Decoder decoder(cluster_object);
  return volumesIn(decoder.root()["spec"]);
}

BootstrapReferences bootstrapReferencesOf(const json::Value& cluster_object) {
  json::Decoder decoder(cluster_object);
  return bootstrapReferencesIn(decoder.root()["spec"]);
}

tl::expected<Cluster, json::Error> readCluster(const json::Value& object) {
  json::Decoder decoder(object);
  const json::View root = decoder.root();
  const json::View spec = root["spec"];
  const json::View status = root["status"];
  const json::View snapshots = spec["backup"]["volumeSnapshot"];
  ObjectMeta meta = readObjectMeta(root);
  return decoder.finish(Cluster{
      .group = groupOf(root["apiVersion"].stringOr("")),
      .name = std::move(meta.name),
      .name_space = std::move(meta.name_space),
      .uid = std::move(meta.uid),
      .resource_version = std::move(meta.resource_version),
      .deleting = meta.deleting,
      .instances = spec["instances"].integerOr(1),
      .ready_instances = status["readyInstances"].integerOr(0),
      .phase = status["phase"].stringOr(""),
      .phase_reason = status["phaseReason"].stringOr(""),
      .ready_condition = isReady(status),
      .current_primary = status["currentPrimary"].stringOr(""),
      .target_primary = status["targetPrimary"].stringOr(""),
      .healthy_instances = status["instancesStatus"]["healthy"].strings(),
      .fenced_instances = fencedInstancesIn(annotationOf(root, kFencedInstancesAnnotation)),
      .hibernated = annotationOf(root, kHibernationAnnotation) == "on",
      .volumes = volumesIn(spec),
      .bootstrap = bootstrapReferencesIn(spec),
      .recovery_source = annotationOf(root, kRecoverySourceAnnotation).value_or(""),
      .has_backup_section = snapshots.present(),
      .snapshot_class = snapshots["className"].stringOr(""),
      .wal_snapshot_class = snapshots["walClassName"].stringOr(""),
      .tablespace_snapshot_classes = snapshots["tablespaceClassName"].stringMembers(),
      .snapshot_owner_reference = snapshots["snapshotOwnerReference"].stringOr("none"),
      .online = snapshots["online"].optionalBoolean(),
  });
}

}  // namespace job
