#include "job/pass/configure_pass.h"

#include <optional>
#include <utility>

#include "job/pass/publish_status.h"

namespace job {
namespace {

Outcome<void> nothingToDo(Run& run, const Configuration& configuration) {
  run.result.said = PassOutcome::kNothingToDo;
  run.result.reason = configuration.nothing_to_do;
  run.session.log.info("nothing to do", {{"why", configuration.nothing_to_do}});
  // A status left from when backups were configured would promise what nobody keeps.
  if (!configuration.system.backup_status || configuration.system.external_postgres) return {};
  NooBaaSystem system = configuration.system;
  const Published published =
      publishStatus(run.session, system, std::nullopt, [](bool) { return Outcome<void>(); });
  if (published.failure) return tl::unexpected(*published.failure);
  return {};
}

Outcome<void> deferred(Run& run, const Configuration& configuration) {
  run.result.said = PassOutcome::kDeferred;
  run.result.reason = deferredTo(configuration.active_schedules, run.session.cluster(),
                                 "this pass made, pruned and wrote nothing");
  run.warn(run.result.reason);
  return {};
}

/// Who asked for a backup is not served by silence.
Outcome<bool> configureOnDemand(const Configuration& configuration) {
  if (configuration.policy) return true;
  const bool could_be = !configuration.system.external_postgres;
  return tl::unexpected(Failure{
      ExitCode::kConfiguration,
      configuration.nothing_to_do +
          (could_be ? "; configure it, or give the class with --volume-snapshot-class" : "")});
}

}  // namespace

Outcome<bool> configurePass(Run& run, Configuration& configuration) {
  auto read = readConfiguration(run.session);
  if (!read) return tl::unexpected(read.error());
  configuration = *std::move(read);
  if (run.request.on_demand) return configureOnDemand(configuration);
  Outcome<void> done;
  if (!configuration.policy) {
    done = nothingToDo(run, configuration);
  } else if (isDeferred(run.session, configuration)) {
    done = deferred(run, configuration);
  } else {
    return true;
  }
  if (!done) return tl::unexpected(done.error());
  return false;
}

}  // namespace job
