#include "job/pass/check_steps.h"

#include "job/decide/kubectl.h"
#include "job/decide/recovery_status.h"
#include "job/model/names.h"
#include "job/pass/preconditions.h"

namespace job {
namespace {

/// Two builds of CloudNativePG in one Kubernetes are easily mistaken for each other.
std::string otherGroups(const Configuration& configuration) {
  std::string others;
  for (const std::string& group : configuration.all_groups) {
    if (group != configuration.group) others += (others.empty() ? "" : ", ") + group;
  }
  return others.empty() ? "" : "; " + others + " is served too, and has none of that name";
}

std::string commandToRecover(const Session& session) {
  return std::string(kProgramName) + " recover -n " + session.name_space;
}

CheckLine lineOfAsked(const Session& session, const Seen& seen, const std::string& asked) {
  const std::string name = "recovery";
  if (!seen.found_group) {
    return CheckLine::warn(name, asked + "; whether the Cluster is there could not be looked at");
  }
  if (!seen.configuration.cluster) {
    return CheckLine::warn(name, asked + ", and the Cluster is gone: a recovery is due",
                           "run: " + commandToRecover(session));
  }
  return CheckLine::warn(
      name, asked + " while the Cluster is there: nothing is recovered, and its backup is held",
      "to let it go, run: " +
          kubectl(session.name_space, "patch", nooBaaType(), seen.configuration.system.name) +
          " --type merge -p '{\"spec\":{\"dbSpec\":{\"dbRecovery\":null}}}'; to go back to it, "
          "delete the Cluster and run: " +
          commandToRecover(session));
}

}  // namespace

CheckLines checkCluster(Session& session, Seen& seen) {
  const std::string name = "cluster";
  const auto found = findWhere(session, seen.configuration);
  if (!found) return {CheckLine::fail(name, found.error())};
  seen.found_group = true;
  const auto& cluster = seen.configuration.cluster;
  if (!cluster) return {lineOf(name, absentCluster(session, seen.configuration.group), false)};
  return {CheckLine::ok(name, nameOf(*cluster) + " of " + seen.configuration.group + " has " +
                                  std::to_string(cluster->instances) +
                                  (cluster->instances == 1 ? " instance" : " instances") +
                                  otherGroups(seen.configuration))};
}

CheckLines checkRecovery(Session& session, Seen& seen) {
  const NooBaaSystem& system = seen.configuration.system;
  if (system.external_postgres) return {};
  const auto& snapshot = system.recovery_snapshot;
  const std::string asked =
      snapshot
          ? "spec.dbSpec.dbRecovery of NooBaa " + system.name + " names VolumeSnapshot " + *snapshot
          : "spec.dbSpec.dbRecovery of NooBaa " + system.name + " names no VolumeSnapshot any more";
  const auto unfinished = unfinishedRecovery(system);
  if (unfinished && (!snapshot || unfinished->snapshot_name == *snapshot)) {
    return {CheckLine::warn(
        "recovery", asked + ", and its recoveryStatus is " + inWords(*unfinished),
        snapshot ? "to go on with it, or to see why it fails, run: " + commandToRecover(session)
                 : "")};
  }
  if (!snapshot) return {};
  return {lineOfAsked(session, seen, asked)};
}

}  // namespace job
