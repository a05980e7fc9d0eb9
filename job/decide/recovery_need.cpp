#include "job/decide/recovery_need.h"

#include <algorithm>

#include "job/decide/kubectl.h"
#include "job/decide/recovery_status.h"
#include "job/model/names.h"

namespace job {
namespace {

RecoveryNeed none(std::string why_not) {
  return {.wanted = false, .snapshot = "", .why_not = std::move(why_not)};
}

RecoveryNeed wanted(std::string snapshot) {
  return {.wanted = true, .snapshot = std::move(snapshot), .why_not = ""};
}

/// Nothing of a recovery is under way.
RecoveryNeed over(std::string why_not) {
  RecoveryNeed need = none(std::move(why_not));
  need.over = true;
  return need;
}

std::string named(const NooBaaSystem& system) {
  return "NooBaa " + system.name_space + "/" + system.name;
}

/// "<snapshot>/<uid>", without the uid.
std::string snapshotOf(const Cluster& cluster) {
  return cluster.recovery_source.substr(0, cluster.recovery_source.find('/'));
}

bool hasStatus(const NooBaaSystem& system, std::string_view status) {
  return system.recovery_status && system.recovery_status->status == status;
}

bool isAbout(const NooBaaSystem& system, const std::string& snapshot) {
  return system.recovery_status && system.recovery_status->snapshot_name == snapshot;
}

bool isMadeFrom(const Cluster& cluster, const std::string& snapshot) {
  const auto& sources = cluster.bootstrap.snapshots;
  return std::find(sources.begin(), sources.end(), snapshot) != sources.end();
}

/// The live Cluster is one that a recovery of ours made from `source`.
RecoveryNeed besideOurs(const NooBaaSystem& system, const Cluster& cluster,
                        const std::string& source) {
  const auto& wish = system.recovery_snapshot;
  const bool ended = isAbout(system, source) && hasStatus(system, kRecoveryCompleted);
  if (isAbout(system, source) && isRecoveryUnfinished(system)) return wanted(source);
  if (wish && *wish == source && !ended) return wanted(source);
  const std::string name = nameOf(cluster);
  if (wish && *wish == source) {
    return over(name + " was recovered from " + source + " at " +
                system.recovery_status->recovery_time +
                " already; take dbRecovery out of the NooBaa CR, as deleting the Cluster would "
                "recover it once more");
  }
  if (!wish)
    return over(named(system) + " has no .spec.dbSpec.dbRecovery, so nothing is recovered");
  RecoveryNeed need =
      over(name + " was recovered from " + source + ", and dbRecovery names " + *wish);
  need.in_the_way = true;
  need.snapshot = *wish;
  return need;
}

/// The live Cluster was made by somebody else: noobaa-operator, a person, an installation.
RecoveryNeed besideAnother(const NooBaaSystem& system, const Cluster& cluster) {
  const std::string& wish = *system.recovery_snapshot;
  const std::string name = nameOf(cluster);
  if (isMadeFrom(cluster, wish)) {
    return over(name + " was made from " + wish + " already, though not by this recovery; " +
                (hasStatus(system, kRecoveryRunning) ? "once it is up, " : "") +
                "take dbRecovery out of the NooBaa CR, as deleting the Cluster would recover it "
                "once more");
  }
  RecoveryNeed need =
      over(name + " exists and was not made by this recovery, so nothing is recovered");
  need.snapshot = wish;
  // Somebody is at it.
  need.in_the_way = !hasStatus(system, kRecoveryRunning);
  return need;
}

}  // namespace

bool isRecoveryUnfinished(const NooBaaSystem& system) {
  return hasStatus(system, kRecoveryPending) || hasStatus(system, kRecoveryRunning) ||
         hasStatus(system, kRecoveryFailed);
}

RecoveryNeed recoveryNeed(const NooBaaSystem& system, const std::optional<Cluster>& cluster) {
  if (system.external_postgres) {
    return none(
        "the database is an external PostgreSQL (spec.externalPgSecret), which is not ours to "
        "recover");
  }
  if (system.deleting) {
    return none(named(system) + " is being deleted, so its database is not recovered");
  }
  if (cluster && !cluster->deleting) {
    const std::string source = snapshotOf(*cluster);
    if (!source.empty()) return besideOurs(system, *cluster, source);
    if (system.recovery_snapshot) return besideAnother(system, *cluster);
  }
  if (system.recovery_snapshot) return wanted(*system.recovery_snapshot);
  return over(named(system) + " has no .spec.dbSpec.dbRecovery, so nothing is recovered");
}

}  // namespace job
