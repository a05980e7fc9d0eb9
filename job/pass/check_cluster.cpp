#include "job/pass/check_steps.h"

#include "job/decide/kubectl.h"
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
  const std::string name = "recovery";
  const auto& snapshot = seen.configuration.system.recovery_snapshot;
  if (!snapshot || !seen.found_group) return {};
  const std::string asked = "spec.dbSpec.dbRecovery of NooBaa " + seen.configuration.system.name +
                            " names VolumeSnapshot " + *snapshot;
  if (seen.configuration.cluster) {
    return {CheckLine::warn(
        name, asked + " while the Cluster is there: nothing is recovered, and its backup is held",
        "to let it go, run: " +
            kubectl(session.name_space, "patch", nooBaaType(), seen.configuration.system.name) +
            " --type merge -p '{\"spec\":{\"dbSpec\":{\"dbRecovery\":null}}}'; to go back to it, "
            "delete the Cluster and run: " +
            std::string(kProgramName) + " recover -n " + session.name_space)};
  }
  return {
      CheckLine::warn(name, asked + ", and the Cluster is gone: a recovery is due",
                      "run: " + std::string(kProgramName) + " recover -n " + session.name_space)};
}

}  // namespace job
