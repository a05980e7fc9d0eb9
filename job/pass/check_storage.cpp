#include "job/pass/check_steps.h"

#include "job/decide/quota.h"
#include "job/model/names.h"
#include "job/pass/preconditions.h"

namespace job {
namespace {

/// What one more backup adds to what a ResourceQuota may count.
Demand demandOfBackup(const Configuration& configuration) {
  const VolumeSet& volumes = configuration.cluster->volumes;
  const std::size_t snapshots = 1 + (volumes.wal ? 1 : 0) + volumes.tablespaces.size();
  return {{"count/" + backupType(configuration.group).qualifiedName(), "1"},
          {"count/" + volumeSnapshotType().qualifiedName(), std::to_string(snapshots)}};
}

}  // namespace

CheckLines checkClasses(Session& session, Seen& seen) {
  const std::string name = "snapshot-class";
  const Configuration& configuration = seen.configuration;
  if (!configuration.cluster || !configuration.policy) return {};
  const std::string& class_of_cr = configuration.policy->snapshot_class;
  const auto findings = reviewClasses(session, *configuration.cluster, class_of_cr);
  if (!findings) return {CheckLine::fail(name, findings.error())};
  CheckLines lines;
  for (const Finding& finding : *findings) lines.push_back(lineOf(name, finding, false));
  if (lines.empty()) {
    lines.push_back(CheckLine::ok(
        name, "VolumeSnapshotClass " + class_of_cr + " is there, of the volumes' driver"));
  }
  return lines;
}

CheckLines checkQuota(Session& session, Seen& seen) {
  const std::string name = "quota";
  if (!seen.configuration.cluster) return {};
  const auto quotas =
      session.client.list(session.collection(resourceQuotaType()), {}, session.context());
  if (!quotas && quotas.error().isForbidden()) {
    return {CheckLine::ok(name, "not looked at: this account may not list resourcequotas")};
  }
  if (!quotas) return {CheckLine::fail(name, failureOf(quotas.error(), "list the ResourceQuotas"))};
  CheckLines lines;
  for (const std::string& clause :
       exceededQuotas(quotas->items, demandOfBackup(seen.configuration))) {
    lines.push_back(CheckLine::fail(
        name, ExitCode::kRefused, "there is no room for another backup: " + clause,
        "raise the quota, or keep fewer: a backup is made before an older one is pruned"));
    lines.back().may_pass = true;  // a pass does not ask
  }
  if (lines.empty()) {
    lines.push_back(CheckLine::ok(name, "no ResourceQuota stands in the way of another backup"));
  }
  return lines;
}

}  // namespace job
