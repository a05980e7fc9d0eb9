#include "job/program/show_schedule.h"

#include <ostream>

#include "common/time/rfc3339.h"
#include "job/decide/backup_policy.h"
#include "job/pass/cluster_reader.h"
#include "job/report/schedule_report.h"

namespace job {

Outcome<cron::Schedule> typedSchedule(const Settings& settings) {
  const auto zone = cron::TimeZone::find(settings.overrides.time_zone.value_or("UTC"));
  if (!zone) return tl::unexpected(Failure{ExitCode::kUsage, "--time-zone: " + zone.error()});
  auto schedule = cron::Schedule::parse(*settings.schedule_expression, *zone);
  if (!schedule) {
    return tl::unexpected(Failure{
        ExitCode::kUsage,
        "\"" + *settings.schedule_expression + "\" is not a schedule: " + schedule.error()});
  }
  return *std::move(schedule);
}

Outcome<cron::Schedule> configuredSchedule(Session& session) {
  const auto system = readSystem(session);
  if (!system) return tl::unexpected(system.error());
  const auto policy = decidePolicy(*system, session.settings.overrides);
  if (!policy) return tl::unexpected(Failure{ExitCode::kConfiguration, policy.error()});
  if (!*policy || !(*policy)->schedule) {
    return tl::unexpected(
        Failure{ExitCode::kConfiguration,
                "NooBaa " + session.name_space + "/" + session.settings.system +
                    " has no .spec.dbSpec.dbBackup.schedule; give one: schedule EXPR"});
  }
  return *(*policy)->schedule;
}

Outcome<std::string> showSchedule(const cron::Schedule& schedule, const Settings& settings,
                                  timing::Instant now, std::ostream& err) {
  if (settings.from) {
    const auto from = timing::parseRfc3339(*settings.from);
    if (!from) return tl::unexpected(Failure{ExitCode::kUsage, "--from: " + from.error()});
    now = *from;
  }
  std::string text = scheduleReport(schedule, now, settings.count);
  if (text.empty()) err << "\"" << schedule.expression() << "\" never fires\n";
  return text;
}

}  // namespace job
