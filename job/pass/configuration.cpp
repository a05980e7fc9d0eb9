#include "job/pass/configuration.h"

#include <utility>

namespace job {

bool isDeferred(const Session& session, const Configuration& configuration) {
  return !configuration.active_schedules.empty() &&
         session.settings.operator_schedule == OperatorSchedulePolicy::kDefer;
}

Outcome<Configuration> readConfiguration(Session& session) {
  Configuration configuration;
  auto system = readSystem(session);
  if (!system) return tl::unexpected(system.error());
  configuration.system = *std::move(system);
  auto done = decideWhatToDo(session, configuration);
  if (done && configuration.policy) done = findWhere(session, configuration);
  if (done && configuration.policy) done = readActiveSchedules(session, configuration);
  if (!done) return tl::unexpected(done.error());
  return configuration;
}

Outcome<void> decideWhatToDo(const Session& session, Configuration& configuration) {
  if (configuration.system.external_postgres) {
    configuration.nothing_to_do =
        "the database is an external PostgreSQL (spec.externalPgSecret), which is not ours to back "
        "up";
    return {};
  }
  auto policy = decidePolicy(configuration.system, session.settings.overrides);
  if (!policy) return tl::unexpected(Failure{ExitCode::kConfiguration, policy.error()});
  configuration.policy = *std::move(policy);
  if (!configuration.policy) {
    configuration.nothing_to_do =
        "NooBaa " + session.name_space + "/" + session.settings.system +
        " has no .spec.dbSpec.dbBackup, so nothing is backed up or deleted";
  }
  return {};
}

Outcome<void> findWhere(Session& session, Configuration& configuration) {
  auto finding = findCluster(session);
  if (!finding) return tl::unexpected(finding.error());
  configuration.group = finding->group;
  configuration.all_groups = std::move(finding->all_groups);
  configuration.cluster = std::move(finding->cluster);
  return {};
}

Outcome<void> readActiveSchedules(Session& session, Configuration& configuration) {
  auto schedules = listScheduledBackups(session, configuration.group);
  if (!schedules) return tl::unexpected(schedules.error());
  configuration.active_schedules = activeSchedules(*schedules, session.cluster());
  return {};
}

}  // namespace job
