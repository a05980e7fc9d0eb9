#include "tests/sim/snapshot_objects.h"

#include <utility>

#include "common/json/write.h"
#include "common/time/rfc3339.h"
#include "tests/sim/cluster_objects.h"
#include "tests/sim/fields.h"
#include "tests/sim/kinds.h"
#include "tests/sim/object_meta.h"

namespace sim {
namespace {

using json::Array;
using json::Object;
using json::Value;

std::string configured(const Value& cluster, std::string_view key) {
  return textAt(cluster, {"spec", "backup", "volumeSnapshot", key});
}

/// CNPG moves these of a claim's labels to the snapshot's annotations.
bool movesToAnnotations(std::string_view name) {
  return name == "cnpg.io/instanceName" || name == "cnpg.io/instanceRole" ||
         name == "cnpg.io/pvcRole" || name == "role";
}

/// Annotations by which the volume was bound say nothing about its snapshot.
bool staysWithClaim(std::string_view name) {
  return name.starts_with("pv.kubernetes.io/") || name.starts_with("volume.");
}

void inheritFromClaim(Value& snapshot, const Value& claim) {
  if (const Value* labels = valueAt(claim, {"metadata", "labels"})) {
    for (const auto& [name, value] : *labels->object()) {
      if (!movesToAnnotations(name)) placeAt(snapshot, {"metadata", "labels", name}) = value;
    }
  }
  if (const Value* annotations = valueAt(claim, {"metadata", "annotations"})) {
    for (const auto& [name, value] : *annotations->object()) {
      if (!staysWithClaim(name)) placeAt(snapshot, {"metadata", "annotations", name}) = value;
    }
  }
}

void inheritFromConfig(Value& snapshot, const Value& cluster) {
  for (const std::string_view key : {"labels", "annotations"}) {
    const Value* configured_ones = valueAt(cluster, {"spec", "backup", "volumeSnapshot", key});
    if (configured_ones == nullptr || configured_ones->object() == nullptr) continue;
    for (const auto& [name, value] : *configured_ones->object()) {
      placeAt(snapshot, {"metadata", key, name}) = value;
    }
  }
}

void labelAsBackup(Value& snapshot, const Value& cluster, const Value& backup, const Volume& volume,
                   const Cut& cut) {
  const std::string day = timing::formatCompact(cut.at).substr(0, 8);
  setLabel(snapshot, "cnpg.io/cluster", nameOf(cluster));
  setLabel(snapshot, "cnpg.io/backupName", nameOf(backup));
  setLabel(snapshot, "cnpg.io/majorVersion",
           std::to_string(numberAt(cluster, {"status", "pgDataImageInfo", "majorVersion"}, 16)));
  setLabel(snapshot, "cnpg.io/backupDate", day);
  setLabel(snapshot, "cnpg.io/backupMonth", day.substr(0, 6));
  setLabel(snapshot, "cnpg.io/backupYear", day.substr(0, 4));
  if (!volume.tablespace.empty()) {
    setLabel(snapshot, "cnpg.io/tablespaceName", volume.tablespace);
  }
  if (cut.control_data) {
    setLabel(snapshot, "cnpg.io/backupTimeline", std::to_string(cut.control_data->timeline));
  }
  if (cut.release.app_labels) {
    setLabel(snapshot, "app.kubernetes.io/managed-by", "cloudnative-pg");
    setLabel(snapshot, "app.kubernetes.io/name", "postgresql");
    setLabel(snapshot, "app.kubernetes.io/instance", nameOf(cluster));
    setLabel(snapshot, "app.kubernetes.io/component", "database");
  }
}

void annotate(Value& snapshot, const Value& cluster, const Volume& volume, const Cut& cut) {
  const std::string role = cut.primary ? "primary" : "replica";
  setAnnotation(snapshot, "cnpg.io/pvcRole", volume.role);
  setAnnotation(snapshot, "cnpg.io/instanceName", cut.instance);
  setAnnotation(snapshot, "cnpg.io/instanceRole", role);
  setAnnotation(snapshot, "role", role);
  // Released versions write "false" for online backups too.
  setAnnotation(snapshot, "cnpg.io/onlineBackup", "false");
  setAnnotation(snapshot, "cnpg.io/clusterManifest", json::write(cluster));
  setAnnotation(snapshot, "cnpg.io/snapshotStartTime", timing::formatRfc3339(cut.at));
  if (cut.control_data) {
    setAnnotation(snapshot, "cnpg.io/pgControldata", formatControlData(*cut.control_data));
  }
  if (cut.online) {
    setAnnotation(snapshot, "cnpg.io/backupLabelFile", "U1RBUlQgV0FMIExPQ0FUSU9OOiAwLzcwMDAwMjgK");
  }
}

void own(Value& snapshot, const Value& cluster, const Value& backup) {
  const std::string owner = configured(cluster, "snapshotOwnerReference");
  if (owner == "backup") {
    placeAt(snapshot, {"metadata", "ownerReferences"}) = Array{ownerReference(backup, true)};
  } else if (owner == "cluster") {
    placeAt(snapshot, {"metadata", "ownerReferences"}) = Array{ownerReference(cluster, true)};
  }
}

}  // namespace

json::Value snapshotObject(const json::Value& cluster, const json::Value& backup,
                           const json::Value& claim, const Volume& volume, const Cut& cut) {
  Object spec{{"source", Object{{"persistentVolumeClaimName", volume.claim}}}};
  if (!volume.snapshot_class.empty()) spec.set("volumeSnapshotClassName", volume.snapshot_class);
  Value snapshot = Object{{"apiVersion", snapshotType().apiVersion()},
                          {"kind", "VolumeSnapshot"},
                          {"metadata", Object{{"name", volume.snapshot},
                                              {"namespace", namespaceOf(cluster)},
                                              {"labels", Object()},
                                              {"annotations", Object()}}},
                          {"spec", std::move(spec)}};
  inheritFromClaim(snapshot, claim);
  inheritFromConfig(snapshot, cluster);
  labelAsBackup(snapshot, cluster, backup, volume, cut);
  annotate(snapshot, cluster, volume, cut);
  own(snapshot, cluster, backup);
  return snapshot;
}

std::string contentName(const json::Value& snapshot) {
  return "snapcontent-" + uidOf(snapshot);
}

json::Value contentObject(const json::Value& snapshot, const json::Value& snapshot_class) {
  const std::string volume = textAt(snapshot, {"spec", "source", "persistentVolumeClaimName"});
  return Object{
      {"apiVersion", snapshotContentType().apiVersion()},
      {"kind", "VolumeSnapshotContent"},
      {"metadata",
       Object{{"name", contentName(snapshot)},
              {"finalizers",
               Array{"snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection"}}}},
      {"spec", Object{{"deletionPolicy", textAt(snapshot_class, {"deletionPolicy"})},
                      {"driver", textAt(snapshot_class, {"driver"})},
                      {"source", Object{{"volumeHandle", "volume-of-" + volume}}},
                      {"volumeSnapshotClassName", nameOf(snapshot_class)},
                      {"volumeSnapshotRef", Object{{"apiVersion", snapshotType().apiVersion()},
                                                   {"kind", "VolumeSnapshot"},
                                                   {"name", nameOf(snapshot)},
                                                   {"namespace", namespaceOf(snapshot)},
                                                   {"uid", uidOf(snapshot)}}}}},
      {"status", Object{{"snapshotHandle", "snapshot-of-" + volume}, {"readyToUse", true}}}};
}

json::Value snapshotFinalizers(const json::Value& snapshot_class) {
  Array finalizers{"snapshot.storage.kubernetes.io/volumesnapshot-as-source-protection"};
  if (textAt(snapshot_class, {"deletionPolicy"}) == "Delete") {
    finalizers.emplace_back("snapshot.storage.kubernetes.io/volumesnapshot-bound-protection");
  }
  return finalizers;
}

json::Value elementOf(const json::Value& snapshot) {
  Object element{{"name", nameOf(snapshot)}, {"type", annotation(snapshot, "cnpg.io/pvcRole")}};
  const std::string tablespace = label(snapshot, "cnpg.io/tablespaceName");
  if (!tablespace.empty()) element.set("tablespaceName", tablespace);
  return element;
}

}  // namespace sim
