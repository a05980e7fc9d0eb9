#include "tests/sim/cluster_objects.h"

#include <utility>

#include "tests/sim/controldata.h"
#include "tests/sim/fields.h"
#include "tests/sim/object_meta.h"

namespace sim {
namespace {

using json::Array;
using json::Object;
using json::Value;

std::string imageOf(const Shape& shape) {
  return "quay.io/sclorg/postgresql-" + std::to_string(shape.major_version) + "-c9s";
}

Value clusterSpec(const Shape& shape) {
  Object storage{{"size", shape.volume_size}, {"storageClass", shape.storage_class}};
  Object spec{
      {"instances", shape.instances},
      {"imageCatalogRef", Object{{"apiGroup", shape.cnpg_group},
                                 {"kind", "ImageCatalog"},
                                 {"name", shape.system + "-db-pg-image-catalog"},
                                 {"major", shape.major_version}}},
      {"inheritedMetadata", Object{{"labels", Object{{"app", "noobaa"}}}}},
      {"failoverDelay", 30},
      {"storage", storage},
      {"backup", Object{{"target", "prefer-standby"},
                        {"volumeSnapshot", Object{{"className", shape.snapshot_class},
                                                  {"online", false},
                                                  {"snapshotOwnerReference", "none"}}}}},
      {"bootstrap",
       Object{{"initdb",
               Object{{"database", "nbcore"}, {"owner", "noobaa"}, {"localeCollate", "C"}}}}}};
  if (shape.wal_storage) spec.set("walStorage", storage);
  Array tablespaces;
  for (const auto& name : shape.tablespaces) {
    tablespaces.emplace_back(Object{{"name", name}, {"storage", storage}});
  }
  if (!tablespaces.empty()) spec.set("tablespaces", std::move(tablespaces));
  return spec;
}

Value clusterStatus(const Shape& shape) {
  Array names;
  for (int number = 1; number <= shape.instances; ++number) {
    names.emplace_back(shape.instanceName(number));
  }
  return Object{
      {"instances", shape.instances},
      {"readyInstances", shape.instances},
      {"instanceNames", names},
      {"instancesStatus", Object{{"healthy", names}}},
      {"latestGeneratedNode", shape.instances},
      {"currentPrimary", shape.instanceName(1)},
      {"targetPrimary", shape.instanceName(1)},
      {"phase", kHealthyPhase},
      {"image", imageOf(shape)},
      {"systemID", ControlData().system_identifier},
      {"pgDataImageInfo", Object{{"image", imageOf(shape)}, {"majorVersion", shape.major_version}}},
      {"conditions", Array{Object{{"type", "Ready"},
                                  {"status", "True"},
                                  {"reason", "ClusterIsReady"},
                                  {"message", "Cluster is Ready"}}}}};
}

const char* roleOf(int number) {
  return number == 1 ? "primary" : "replica";
}

}  // namespace

json::Value ownerReference(const json::Value& owner, bool controller) {
  Object reference{{"apiVersion", textAt(owner, {"apiVersion"})},
                   {"kind", textAt(owner, {"kind"})},
                   {"name", nameOf(owner)},
                   {"uid", uidOf(owner)}};
  if (controller) {
    reference.set("controller", true);
    reference.set("blockOwnerDeletion", true);
  }
  return reference;
}

std::string instanceName(const json::Value& cluster, int number) {
  return nameOf(cluster) + "-" + std::to_string(number);
}

json::Value noobaaObject(const Shape& shape) {
  return Object{
      {"apiVersion", noobaaType().apiVersion()},
      {"kind", "NooBaa"},
      {"metadata", Object{{"name", shape.system},
                          {"namespace", shape.name_space},
                          {"labels", Object{{"app", "noobaa"}}}}},
      {"spec",
       Object{{"dbSpec",
               Object{{"image", imageOf(shape)},
                      {"postgresMajorVersion", shape.major_version},
                      {"instances", shape.instances},
                      {"dbStorageClass", shape.storage_class},
                      {"dbMinVolumeSize", shape.volume_size},
                      {"dbBackup", Object{{"schedule", shape.schedule},
                                          {"volumeSnapshot",
                                           Object{{"volumeSnapshotClass", shape.snapshot_class},
                                                  {"maxSnapshots", shape.max_snapshots}}}}}}}}},
      {"status", Object{{"phase", "Ready"},
                        {"dbStatus", Object{{"dbClusterStatus", "Ready"},
                                            {"dbCurrentImage", imageOf(shape)},
                                            {"currentPgMajorVersion", shape.major_version},
                                            {"actualVolumeSize", shape.volume_size}}}}}};
}

json::Value clusterObject(const Shape& shape, const json::Value& noobaa) {
  Object metadata{{"name", shape.clusterName()},
                  {"namespace", shape.name_space},
                  {"labels", Object{{"app", "noobaa"}}}};
  if (!noobaa.isNull()) metadata.set("ownerReferences", Array{ownerReference(noobaa, true)});
  return Object{{"apiVersion", clusterType(shape.cnpg_group).apiVersion()},
                {"kind", "Cluster"},
                {"metadata", std::move(metadata)},
                {"spec", clusterSpec(shape)},
                {"status", clusterStatus(shape)}};
}

json::Value imageCatalogObject(const Shape& shape) {
  return Object{
      {"apiVersion", imageCatalogType(shape.cnpg_group).apiVersion()},
      {"kind", "ImageCatalog"},
      {"metadata",
       Object{{"name", shape.system + "-db-pg-image-catalog"}, {"namespace", shape.name_space}}},
      {"spec", Object{{"images",
                       Array{Object{{"major", shape.major_version}, {"image", imageOf(shape)}}}}}}};
}

json::Value podObject(const json::Value& cluster, int number) {
  const std::string instance = instanceName(cluster, number);
  const std::string image = textAt(cluster, {"status", "image"});
  return Object{
      {"apiVersion", "v1"},
      {"kind", "Pod"},
      {"metadata", Object{{"name", instance},
                          {"namespace", namespaceOf(cluster)},
                          {"labels", Object{{"app", "noobaa"},
                                            {"cnpg.io/cluster", nameOf(cluster)},
                                            {"cnpg.io/instanceName", instance},
                                            {"cnpg.io/instanceRole", roleOf(number)},
                                            {"cnpg.io/podRole", "instance"},
                                            {"role", roleOf(number)}}},
                          {"ownerReferences", Array{ownerReference(cluster, true)}}}},
      {"spec", Object{{"containers", Array{Object{{"name", "postgres"}, {"image", image}}}}}},
      {"status",
       Object{{"phase", "Running"},
              {"conditions", Array{Object{{"type", "Ready"}, {"status", "True"}},
                                   Object{{"type", "ContainersReady"}, {"status", "True"}}}},
              {"containerStatuses", Array{Object{{"name", "postgres"},
                                                 {"containerID", "containerd://" + instance},
                                                 {"image", image},
                                                 {"ready", true}}}}}}};
}

json::Value claimObject(const json::Value& cluster, int number, const Volume& volume,
                        const std::string& driver) {
  Object labels{{"app", "noobaa"},
                {"cnpg.io/cluster", nameOf(cluster)},
                {"cnpg.io/instanceName", instanceName(cluster, number)},
                {"cnpg.io/instanceRole", roleOf(number)},
                {"cnpg.io/pvcRole", volume.role},
                {"role", roleOf(number)}};
  if (!volume.tablespace.empty()) labels.set("cnpg.io/tablespaceName", volume.tablespace);
  return Object{
      {"apiVersion", "v1"},
      {"kind", "PersistentVolumeClaim"},
      {"metadata",
       Object{{"name", volume.claim},
              {"namespace", namespaceOf(cluster)},
              {"labels", std::move(labels)},
              {"annotations", Object{{"cnpg.io/nodeSerial", std::to_string(number)},
                                     {"cnpg.io/operatorVersion", "1.27.4"},
                                     {"cnpg.io/pvcStatus", "ready"},
                                     {"pv.kubernetes.io/bind-completed", "yes"},
                                     {"volume.kubernetes.io/storage-provisioner", driver}}},
              {"finalizers", Array{"kubernetes.io/pvc-protection"}},
              {"ownerReferences", Array{ownerReference(cluster, true)}}}},
      {"spec", Object{{"accessModes", Array{"ReadWriteOncePod"}},
                      {"resources", Object{{"requests", Object{{"storage", volume.size}}}}},
                      {"storageClassName", volume.storage_class},
                      {"volumeName", "pv-" + volume.claim}}},
      {"status", Object{{"phase", "Bound"}, {"capacity", Object{{"storage", volume.size}}}}}};
}

json::Value storageClassObject(const Shape& shape) {
  return Object{{"apiVersion", storageClassType().apiVersion()},
                {"kind", "StorageClass"},
                {"metadata", Object{{"name", shape.storage_class}}},
                {"provisioner", shape.driver},
                {"reclaimPolicy", "Delete"},
                {"volumeBindingMode", "Immediate"}};
}

json::Value snapshotClassObject(const Shape& shape) {
  return Object{{"apiVersion", snapshotClassType().apiVersion()},
                {"kind", "VolumeSnapshotClass"},
                {"metadata", Object{{"name", shape.snapshot_class}}},
                {"driver", shape.driver},
                {"deletionPolicy", shape.deletion_policy}};
}

}  // namespace sim
