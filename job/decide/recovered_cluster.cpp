#include "job/decide/recovered_cluster.h"

#include <array>
#include <string_view>
#include <utility>

#include "common/json/view.h"
#include "job/model/names.h"
#include "job/model/quantity.h"

namespace job {
namespace {

using json::Array;
using json::Object;
using json::Value;

/// What stays away from any recovered Cluster: ways to other data, and maintenance that was on.
constexpr std::array<std::string_view, 5> kNeverTaken = {"bootstrap", "externalClusters", "replica",
                                                         "plugins", "nodeMaintenanceWindow"};
/// What a throw-away leaves besides.
constexpr std::array<std::string_view, 8> kNotForThrowAways = {
    "managed",         "superuserSecret", "certificates", "priorityClassName",
    "minSyncReplicas", "maxSyncReplicas", "monitoring",   "backup"};
/// Of spec.affinity, what a throw-away keeps: what lets it run at all.
constexpr std::array<std::string_view, 3> kPlacement = {"nodeSelector", "nodeAffinity",
                                                        "tolerations"};

constexpr std::string_view kOwnPrefix = "noobaa.io/db-";  // of annotations

Value snapshotReference(const std::string& name) {
  return Object{{"apiGroup", volumeSnapshotType().group},
                {"kind", volumeSnapshotType().kind},
                {"name", name}};
}

std::string restoreSizeOf(const RecoverySource& source, const std::string& snapshot) {
  const auto known = source.restore_size.find(snapshot);
  return known == source.restore_size.end() ? std::string() : known->second;
}

/// Makes the storage section's size the greatest of its own and `others`. CNPG takes spec.storage
/// .size before that of a pvcTemplate, so it is the only one to look to.
void enlarge(Value& storage, std::vector<std::string> others) {
  {
    json::Decoder decoder(storage);
    const json::View root = decoder.root();
    others.insert(others.begin(),
                  root["pvcTemplate"]["resources"]["requests"]["storage"].stringOr(""));
    others.insert(others.begin(), root["size"].stringOr(""));
  }
  const std::string size = greatestQuantity(others);
  if (!size.empty()) storage["size"] = size;
}

void sizeVolumes(Value& spec, const RecoverySource& source,
                 const std::vector<std::string>& least_data_sizes) {
  std::vector<std::string> of_data = least_data_sizes;
  of_data.push_back(restoreSizeOf(source, source.data));
  enlarge(spec["storage"], std::move(of_data));
  if (!source.wal.empty()) enlarge(spec["walStorage"], {restoreSizeOf(source, source.wal)});
  Array* tablespaces = spec["tablespaces"].array();
  if (tablespaces == nullptr) {
    spec.object()->erase("tablespaces");
    return;
  }
  for (Value& tablespace : *tablespaces) {
    const std::string* name = tablespace["name"].string();
    const auto snapshot = source.tablespaces.find(name == nullptr ? "" : *name);
    if (snapshot == source.tablespaces.end()) continue;
    enlarge(tablespace["storage"], {restoreSizeOf(source, snapshot->second)});
  }
}

/// CNPG refuses to archive WAL into a place where another history of the database is, so the
/// archive of the old Cluster can't be that of the new one.
void dropArchive(Value& spec, std::vector<std::string>& warnings) {
  Object* backup = spec.object()->find("backup") == nullptr ? nullptr : spec["backup"].object();
  if (backup == nullptr) return;
  const bool had_one = backup->erase("barmanObjectStore");
  backup->erase("retentionPolicy");
  if (had_one) {
    warnings.push_back(
        "the WAL archive of the old Cluster (spec.backup.barmanObjectStore) is left out: configure "
        "one with another path");
  }
}

void makeThrowAway(Value& spec) {
  Object& fields = *spec.object();
  for (const std::string_view key : kNotForThrowAways) fields.erase(key);
  if (Value* postgresql = fields.find("postgresql"); postgresql != nullptr) {
    if (Object* settings = postgresql->object()) settings->erase("synchronous");
  }
  if (Value* inherited = fields.find("inheritedMetadata"); inherited != nullptr) {
    // By label app=noobaa, NooBaa's Services, policies and people find its pods.
    Object* labels = inherited->object() == nullptr ? nullptr : (*inherited)["labels"].object();
    if (labels != nullptr) labels->erase("app");
  }
  if (Value* affinity = fields.find("affinity"); affinity != nullptr) {
    Object placement;
    for (const std::string_view key : kPlacement) {
      if (const Value* wanted = std::as_const(*affinity->object()).find(key)) {
        placement.set(key, *wanted);
      }
    }
    *affinity = std::move(placement);
  }
  spec["instances"] = 1;
  spec["enablePDB"] = false;
  spec["stopDelay"] = 30;
}

/// Of another project's making: kept. CNPG's are its own states (fenced, hibernated, not
/// reconciled), kubectl's copies of what was applied, ours say how that Cluster was made.
bool isTakenAlong(std::string_view annotation) {
  if (annotation.starts_with(kOwnPrefix)) return false;
  const std::string_view domain = annotation.substr(0, annotation.find('/'));
  return !domain.ends_with("cnpg.io") && domain != "kubectl.kubernetes.io";
}

Object metadataFrom(const Value& manifest, const RecoverySource& source,
                    const RecoveredClusterWishes& wishes) {
  Object labels;
  Object annotations;
  if (!wishes.is_throw_away) {
    json::Decoder decoder(manifest);
    const json::View before = decoder.root()["metadata"];
    for (auto& [key, value] : before["labels"].stringMembers()) labels.set(key, value);
    for (auto& [key, value] : before["annotations"].stringMembers()) {
      if (isTakenAlong(key)) annotations.set(key, value);
    }
  }
  for (const auto& [key, value] : wishes.labels) labels.set(key, value);
  for (const auto& [key, value] : wishes.annotations) annotations.set(key, value);
  annotations.set(kRecoverySourceAnnotation, source.mark());

  Object metadata{{"name", wishes.name}, {"namespace", wishes.name_space}};
  if (!labels.empty()) metadata.set("labels", std::move(labels));
  metadata.set("annotations", std::move(annotations));
  if (!wishes.owner.isNull()) metadata.set("ownerReferences", Array{wishes.owner});
  return metadata;
}

}  // namespace

json::Value recoveryBootstrap(const RecoverySource& source) {
  Object volumes{{"storage", snapshotReference(source.data)}};
  if (!source.wal.empty()) volumes.set("walStorage", snapshotReference(source.wal));
  Object tablespaces;
  for (const auto& [name, snapshot] : source.tablespaces) {
    tablespaces.set(name, snapshotReference(snapshot));
  }
  if (!tablespaces.empty()) volumes.set("tablespaceStorage", std::move(tablespaces));
  return Object{{"recovery", Object{{"database", "nbcore"},
                                    {"owner", "noobaa"},
                                    {"volumeSnapshots", std::move(volumes)}}}};
}

RecoveredCluster recoveredCluster(const RecoverySource& source,
                                  const RecoveredClusterWishes& wishes) {
  RecoveredCluster made;
  Value manifest = source.manifest;
  Value spec = std::move(manifest["spec"]);
  if (spec.object() == nullptr) spec = Object();
  for (const std::string_view key : kNeverTaken) spec.object()->erase(key);
  dropArchive(spec, made.warnings);
  if (wishes.is_throw_away) makeThrowAway(spec);
  sizeVolumes(spec, source, wishes.least_data_sizes);
  if (Value* catalog = spec.object()->find("imageCatalogRef"); catalog != nullptr) {
    (*catalog)["apiGroup"] = wishes.group;
  }
  spec["bootstrap"] = recoveryBootstrap(source);

  const k8s::ResourceType type = clusterType(wishes.group);
  made.object = Object{{"apiVersion", type.apiVersion()},
                       {"kind", type.kind},
                       {"metadata", metadataFrom(source.manifest, source, wishes)},
                       {"spec", std::move(spec)}};
  return made;
}

}  // namespace job
