#include "job/decide/preflight.h"

#include <algorithm>
#include <string_view>

#include "common/text/in_quotes.h"
#include "job/model/joined.h"

namespace job {
namespace {

using text::inQuotes;

bool startsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

/// A volume of the database, the class its snapshots need and where that is said.
struct NeededClass {
  std::string class_name;
  std::string role;
  std::string tablespace;
  std::string said_in;

  std::string volume() const {
    return tablespace.empty() ? role : role + " " + inQuotes(tablespace);
  }
};

constexpr const char* kClassOfCr = ".spec.dbSpec.dbBackup.volumeSnapshot.volumeSnapshotClass";
constexpr const char* kSectionOfCluster = "the Cluster's .spec.backup.volumeSnapshot.";

NeededClass neededForWal(const Cluster& cluster, const std::string& class_of_cr) {
  if (cluster.wal_snapshot_class.empty()) return {class_of_cr, "PG_WAL", "", kClassOfCr};
  return {cluster.wal_snapshot_class, "PG_WAL", "",
          kSectionOfCluster + std::string("walClassName")};
}

NeededClass neededForTablespace(const Cluster& cluster, const std::string& tablespace,
                                const std::string& class_of_cr) {
  for (const auto& [name, class_name] : cluster.tablespace_snapshot_classes) {
    if (name == tablespace && !class_name.empty()) {
      return {class_name, "PG_TABLESPACE", tablespace,
              kSectionOfCluster + std::string("tablespaceClassName")};
    }
  }
  return {class_of_cr, "PG_TABLESPACE", tablespace, kClassOfCr};
}

std::vector<NeededClass> neededClasses(const Cluster& cluster, const std::string& class_of_cr) {
  std::vector<NeededClass> needed = {{class_of_cr, "PG_DATA", "", kClassOfCr}};
  if (cluster.volumes.wal) needed.push_back(neededForWal(cluster, class_of_cr));
  for (const std::string& tablespace : cluster.volumes.tablespaces) {
    needed.push_back(neededForTablespace(cluster, tablespace, class_of_cr));
  }
  return needed;
}

const SnapshotClass* findClass(const std::vector<SnapshotClass>& classes, const std::string& name) {
  const auto found = std::find_if(classes.begin(), classes.end(),
                                  [&](const SnapshotClass& c) { return c.name == name; });
  return found != classes.end() ? &*found : nullptr;
}

/// In-tree volume plugins are served by CSI drivers of other names, so theirs can't be compared;
/// but a volume that nothing provisions can't be snapshotted either.
bool canBeCompared(const std::string& provisioner) {
  if (provisioner.empty()) return false;
  return !startsWith(provisioner, "kubernetes.io/") ||
         provisioner == "kubernetes.io/no-provisioner";
}

bool isVolumeOf(const ClusterVolume& volume, const NeededClass& needed) {
  return volume.role == needed.role &&
         (needed.tablespace.empty() || volume.tablespace == needed.tablespace);
}

/// The instances' volumes are alike, so each provisioner that does not fit is named once.
std::vector<Finding> judgeDriver(const NeededClass& needed, const SnapshotClass& found,
                                 const std::vector<ClusterVolume>& volumes) {
  std::map<std::string, std::vector<std::string>> unfit;  // provisioner -> PVCs
  for (const ClusterVolume& volume : volumes) {
    if (!isVolumeOf(volume, needed) || !canBeCompared(volume.provisioner)) continue;
    if (volume.provisioner != found.driver) unfit[volume.provisioner].push_back(volume.name);
  }
  std::vector<Finding> findings;
  findings.reserve(unfit.size());
  for (const auto& [provisioner, names] : unfit) {
    findings.push_back(Finding::refuse("VolumeSnapshotClass " + inQuotes(found.name) +
                                           " is of driver " + inQuotes(found.driver) +
                                           ", but the " + needed.volume() + " volumes " +
                                           joined(names) + " are of " + inQuotes(provisioner),
                                       "name a class of that driver in " + needed.said_in));
  }
  return findings;
}

std::vector<Finding> judgeClass(const NeededClass& needed,
                                const std::vector<SnapshotClass>& classes,
                                const std::vector<ClusterVolume>& volumes) {
  const std::string name = "VolumeSnapshotClass " + inQuotes(needed.class_name);
  const SnapshotClass* found = findClass(classes, needed.class_name);
  if (found == nullptr) return {};
  if (!found->exists) {
    return {Finding::refuse(name + " for " + needed.volume() + " does not exist",
                            "see those there are with: kubectl get volumesnapshotclasses, and "
                            "name one in " +
                                needed.said_in)};
  }
  return judgeDriver(needed, *found, volumes);
}

std::vector<Finding> judgeDeletionPolicies(const std::map<std::string, std::string>& required,
                                           const std::vector<SnapshotClass>& classes) {
  std::vector<Finding> findings;
  for (const auto& [name, purpose] : required) {
    const SnapshotClass* found = findClass(classes, name);
    if (found == nullptr || found->deletion_policy != "Retain") continue;
    findings.push_back(
        Finding::warn("VolumeSnapshotClass " + inQuotes(name) + " for " + purpose +
                          " has deletionPolicy \"Retain\": the storage of pruned backups "
                          "is not freed",
                      "take a class with \"Delete\""));
  }
  return findings;
}

void append(std::vector<Finding>& findings, std::vector<Finding> more) {
  for (Finding& finding : more) findings.push_back(std::move(finding));
}

}  // namespace

std::map<std::string, std::string> requiredClasses(const Cluster& cluster,
                                                   const std::string& class_of_cr) {
  std::map<std::string, std::string> required;
  for (const NeededClass& needed : neededClasses(cluster, class_of_cr)) {
    std::string& purpose = required[needed.class_name];
    purpose += (purpose.empty() ? "" : ", ") + needed.volume();
  }
  return required;
}

std::vector<Finding> judgeClasses(const Cluster& cluster, const std::string& class_of_cr,
                                  const std::vector<SnapshotClass>& classes,
                                  const std::vector<ClusterVolume>& volumes) {
  std::vector<Finding> findings;
  for (const NeededClass& needed : neededClasses(cluster, class_of_cr)) {
    append(findings, judgeClass(needed, classes, volumes));
  }
  append(findings, judgeDeletionPolicies(requiredClasses(cluster, class_of_cr), classes));
  return findings;
}

std::optional<json::Value> backupSectionPatch(const Cluster& cluster,
                                              const std::string& class_of_cr, bool class_alone) {
  json::Object section;
  if (cluster.snapshot_class != class_of_cr) section.set("className", class_of_cr);
  if (cluster.online != false && !class_alone) section.set("online", false);
  if (section.empty()) return std::nullopt;
  json::Value patch;
  patch["spec"]["backup"]["volumeSnapshot"] = std::move(section);
  return patch;
}

}  // namespace job
