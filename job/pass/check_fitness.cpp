#include "job/pass/check_steps.h"

#include "job/decide/preflight.h"
#include "job/pass/fence_watch.h"

namespace job {
namespace {

CheckLine lineOfFences(const std::optional<FenceSighting>& sighting) {
  const std::string name(Finding::kAboutFences);
  if (!sighting) return CheckLine::ok(name, "no instance is fenced");
  const std::string message = "fenced: " + sighting->description();
  if (!anyLeftOver(sighting->fences)) return CheckLine::warn(name, message, sighting->fix());
  return CheckLine::fail(name, ExitCode::kRefused,
                         message + "; CloudNativePG fails every backup while it is there",
                         sighting->fix());
}

}  // namespace

// What a Backup in flight brings about passes with it.
CheckLines checkFitness(Session& session, Seen& seen) {
  const auto& cluster = seen.configuration.cluster;
  if (!cluster) return {};
  constexpr int kLooks = 2;
  const auto sighting = lookForFences(session, seen.configuration.group, std::nullopt, kLooks);
  const bool in_flight = seen.in_flight && !seen.in_flight->empty();
  const bool passes = in_flight && sighting && (!*sighting || !anyLeftOver((*sighting)->fences));

  CheckLines lines;
  CheckLines ownership;
  for (const Finding& finding :
       judgeCluster(*cluster, session.settings.allow_primary, /*online=*/false)) {
    if (finding.about == Finding::kAboutFences) continue;
    const CheckLine line = lineOf(std::string(finding.about), finding, passes);
    (finding.about == Finding::kAboutOwnership ? ownership : lines).push_back(line);
  }
  if (lines.empty()) {
    lines.push_back(CheckLine::ok(
        std::string(Finding::kAboutHealth),
        std::to_string(cluster->ready_instances) + " of " + std::to_string(cluster->instances) +
            " instances are ready, the primary is " + cluster->current_primary));
  }
  lines.push_back(sighting ? lineOfFences(*sighting)
                           : CheckLine::fail(std::string(Finding::kAboutFences), sighting.error()));
  if (ownership.empty()) {
    ownership.push_back(CheckLine::ok(std::string(Finding::kAboutOwnership),
                                      "backups outlive the Cluster (snapshotOwnerReference is \"" +
                                          cluster->snapshot_owner_reference + "\")"));
  }
  lines.insert(lines.end(), ownership.begin(), ownership.end());
  return lines;
}

}  // namespace job
