#include "job/decide/recovery_need.h"

#include "job/decide/kubectl.h"
#include "job/decide/recovery_status.h"
#include "job/model/names.h"

namespace job {
namespace {

RecoveryNeed none(std::string why_not) {
  return {.wanted = false, .snapshot = "", .why_not = std::move(why_not)};
}

std::string named(const NooBaaSystem& system) {
  return "NooBaa " + system.name_space + "/" + system.name;
}

/// "<snapshot>/<uid>", without the uid.
std::string snapshotOf(const Cluster& cluster) {
  return cluster.recovery_source.substr(0, cluster.recovery_source.find('/'));
}

bool hasStatus(const NooBaaSystem& system, std::string_view status, const std::string& snapshot) {
  return system.recovery_status && system.recovery_status->status == status &&
         system.recovery_status->snapshot_name == snapshot;
}

/// A Cluster that was begun is followed to its end, also when dbRecovery was taken away meanwhile.
RecoveryNeed withoutWish(const NooBaaSystem& system, const std::optional<Cluster>& cluster) {
  if (cluster && !cluster->deleting && !cluster->recovery_source.empty()) {
    const std::string snapshot = snapshotOf(*cluster);
    if (hasStatus(system, kRecoveryRunning, snapshot)) {
      return {.wanted = true, .snapshot = snapshot, .why_not = ""};
    }
  }
  return none(named(system) + " has no .spec.dbSpec.dbRecovery, so nothing is recovered");
}

}  // namespace

bool isRecoveryRunning(const NooBaaSystem& system) {
  return system.recovery_status && system.recovery_status->status == kRecoveryRunning;
}

RecoveryNeed recoveryNeed(const NooBaaSystem& system, const std::optional<Cluster>& cluster) {
  if (system.external_postgres) {
    return none(
        "the database is an external PostgreSQL (spec.externalPgSecret), which is not ours to "
        "recover");
  }
  if (!system.recovery_snapshot) return withoutWish(system, cluster);
  const std::string& wanted = *system.recovery_snapshot;
  RecoveryNeed needed{.wanted = true, .snapshot = wanted, .why_not = ""};
  if (!cluster || cluster->deleting) return needed;

  const std::string name = nameOf(*cluster);
  const std::string snapshot = snapshotOf(*cluster);
  if (snapshot.empty()) {
    return none(name +
                " exists and was not made by this recovery, so nothing is recovered; to go "
                "back to " +
                wanted + ", delete it first, with all that was written since: " +
                kubectl("delete", *cluster));
  }
  if (snapshot != wanted) {
    return none(name + " was recovered from " + snapshot + ", and dbRecovery names " + wanted +
                "; to go back to that, delete the Cluster first: " + kubectl("delete", *cluster));
  }
  if (hasStatus(system, kRecoveryCompleted, wanted)) {
    return none(name + " was recovered from " + wanted + " at " +
                system.recovery_status->recovery_time +
                " already; take dbRecovery out of the NooBaa CR, as deleting the Cluster would "
                "recover it once more");
  }
  return needed;
}

}  // namespace job
