#include "job/pass/end_dry_run.h"

#include "job/pass/describe_backups.h"

namespace job {

Outcome<void> endDryRun(Run& run, const Configuration& configuration, const std::string& name) {
  auto catalogue = readCatalogue(run.session, configuration.group, configuration.cluster);
  if (!catalogue) return tl::unexpected(catalogue.error());
  run.warn(catalogue->warnings);
  describeStatus(run, configuration, *catalogue);
  if (!run.request.wait) return {};
  const timing::Instant instant = run.session.clock.now();
  if (isDeferred(run.session, configuration)) {
    describeKept(run, decidePrune(configuration, *catalogue, name, instant), *catalogue);
    return {};
  }
  const Timestamp now = Timestamp::of(instant);
  const RetentionCandidate imagined{
      .name = name,
      .verdict = run.request.online ? Verdict::kUncertified : Verdict::kCertified,
      .end = now,
      .begin = now,
      .hold = run.request.hold ? Hold::kAnnotation : Hold::kNone};
  const auto plan = planPrune(run.session, configuration, *catalogue, name, imagined);
  if (!plan) return tl::unexpected(plan.error());
  run.result.would_prune = plan->removals();
  run.result.held = plan->held;
  run.result.kept = plan->kept;
  return {};
}

}  // namespace job
