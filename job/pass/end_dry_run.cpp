#include "job/pass/end_dry_run.h"

#include "job/pass/describe_backups.h"

namespace job {

Outcome<void> endDryRun(Run& run, const Configuration& configuration, const std::string& name) {
  auto catalogue = readCatalogue(run.session, configuration.group, configuration.cluster);
  if (!catalogue) return tl::unexpected(catalogue.error());
  run.warn(catalogue->warnings);
  const Timestamp now = Timestamp::of(run.session.clock.now());
  const RetentionCandidate imagined{
      .name = name, .verdict = Verdict::kCertified, .end = now, .begin = now};
  const auto plan = planPrune(run.session, configuration, *catalogue, name, imagined);
  if (!plan) return tl::unexpected(plan.error());
  run.result.would_prune = plan->removals();
  run.result.held = plan->held;
  run.result.kept = plan->kept;
  describeStatus(run, configuration, *catalogue);
  return {};
}

}  // namespace job
