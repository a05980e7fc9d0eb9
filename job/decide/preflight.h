#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "job/model/cluster.h"
#include "job/model/packed_models.h"

namespace job {

/// One thing that speaks against stopping the database.
struct Finding {
  enum class Kind {
    kRefuse,  ///< exit 6
    kWait,    ///< may pass by itself: waited for, then exit 6
    kWarn
  };
  Kind kind;
  std::string message;  // names the object, the field and its value
  std::string fix;      // what to do, with the command where there is one; may be empty
  std::string_view about = kAboutHealth;

  static constexpr std::string_view kAboutHealth = "cluster-health";
  static constexpr std::string_view kAboutFences = "fences";
  static constexpr std::string_view kAboutOwnership = "snapshot-ownership";

  static Finding refuse(std::string message, std::string fix) {
    return {Kind::kRefuse, std::move(message), std::move(fix)};
  }
  static Finding wait(std::string message, std::string fix) {
    return {Kind::kWait, std::move(message), std::move(fix)};
  }
  static Finding warn(std::string message, std::string fix = "") {
    return {Kind::kWarn, std::move(message), std::move(fix)};
  }
  /// The whole for one line.
  std::string text() const { return fix.empty() ? message : message + "; " + fix; }
};

/// Pure: is the cluster fit for a backup? `allow_primary` lifts the need of a ready standby and the
/// count of ready instances while the primary is ready; so does `online`, which stops no instance,
/// but needs all data on one volume.
std::vector<Finding> judgeCluster(const Cluster& cluster, bool allow_primary, bool online);

/// A VolumeSnapshotClass, or that there is none of the name.
struct SnapshotClass {
  std::string name;
  bool exists = false;
  std::string driver;
  std::string deletion_policy;
};
/// A PVC of the cluster and the CSI driver that provisioned it ("" when unknown).
struct ClusterVolume {
  std::string name;
  std::string role;  // label or annotation cnpg.io/pvcRole
  std::string tablespace;
  std::string provisioner;  // its CSI driver; "" when unknown
  std::string storage_class;
};

/// The class each volume role needs, given the CR's class: name -> what for.
std::map<std::string, std::string> requiredClasses(const Cluster& cluster,
                                                   const std::string& class_of_cr);

/// Pure: classes exist and their drivers are those of the volumes. Classes missing from `classes`
/// could not be looked at and are not judged.
std::vector<Finding> judgeClasses(const Cluster& cluster, const std::string& class_of_cr,
                                  const std::vector<SnapshotClass>& classes,
                                  const std::vector<ClusterVolume>& volumes);

/// Pure: why `name` can't be the name of a new Backup; empty when it can. At most 63 characters (it
/// becomes a label value), a DNS-1123 subdomain, not one of the operator's
/// (<cluster>-scheduled-backup..., <cluster>-backup-...).
std::string whyNotBackupName(const std::string& name, const std::string& cluster);

/// Pure: the name is free of any Backup and any snapshot, else CNPG would take the old snapshots
/// for the new backup's.
std::vector<Finding> judgeName(const std::string& name, const Backups& backups,
                               const VolumeSnapshots& snapshots);

/// The merge patch that makes Cluster.spec.backup.volumeSnapshot fit: className and, for Backups
/// that don't say it themselves, online: false. With `class_alone` the latter is left to whoever
/// else keeps the section. Empty: it fits.
std::optional<json::Value> backupSectionPatch(const Cluster& cluster,
                                              const std::string& class_of_cr,
                                              bool class_alone = false);

}  // namespace job
