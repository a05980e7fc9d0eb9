#include "job/decide/references.h"

#include <algorithm>

#include "common/json/view.h"

namespace job {
namespace {

void addSource(const json::View& source, const std::string& name_space, References& references) {
  // A dataSourceRef may point into another namespace, whose snapshots are not ours.
  const bool elsewhere = source["namespace"].stringOr(name_space) != name_space;
  if (source["kind"].stringOr("") != "VolumeSnapshot" || elsewhere) return;
  const std::string name = source["name"].stringOr("");
  if (!name.empty()) references.pending_pvc_snapshots.insert(name);
}

bool isAnyMemberIn(const BackupGroup& group, const std::set<std::string>& snapshots) {
  return std::any_of(group.members.begin(), group.members.end(), [&](const VolumeSnapshot& member) {
    return snapshots.count(member.name) != 0;
  });
}

}  // namespace

void addPvcReference(const json::Value& pvc, References& references) {
  json::Decoder decoder(pvc);
  const json::View root = decoder.root();
  if (root["status"]["phase"].stringOr("Pending") != "Pending") return;
  const std::string name_space = root["metadata"]["namespace"].stringOr("");
  addSource(root["spec"]["dataSource"], name_space, references);
  addSource(root["spec"]["dataSourceRef"], name_space, references);
}

Hold holdOf(const BackupGroup& group, const References& references) {
  if (group.heldByAnnotation()) return Hold::kAnnotation;
  if (isAnyMemberIn(group, references.recovery_snapshots)) return Hold::kRecovery;
  if (isAnyMemberIn(group, references.cluster_snapshots) ||
      references.cluster_backups.count(group.name) != 0) {
    return Hold::kCluster;
  }
  if (isAnyMemberIn(group, references.drill_snapshots)) return Hold::kDrill;
  if (isAnyMemberIn(group, references.pending_pvc_snapshots)) return Hold::kPvc;
  return Hold::kNone;
}

}  // namespace job
