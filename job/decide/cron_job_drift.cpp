#include "job/decide/cron_job_drift.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

#include "job/model/names.h"

namespace job {
namespace {

std::string_view withoutZone(std::string_view expression) {
  if (!expression.starts_with("TZ=") && !expression.starts_with("CRON_TZ=")) return expression;
  return expression.substr(std::min(expression.find(' '), expression.size()));
}

std::vector<std::string_view> fieldsOf(std::string_view expression) {
  constexpr std::string_view kSpace = " \t";
  std::vector<std::string_view> fields;
  for (std::size_t at = expression.find_first_not_of(kSpace); at != std::string_view::npos;
       at = expression.find_first_not_of(kSpace, at)) {
    const std::size_t end = std::min(expression.find_first_of(kSpace, at), expression.size());
    fields.push_back(expression.substr(at, end - at));
    at = end;
  }
  return fields;
}

std::string inWords(const std::string& schedule, const std::string& time_zone) {
  return "\"" + schedule + "\" (" + (time_zone.empty() ? "no time zone" : time_zone) + ")";
}

json::Value patchOf(const CronJob& cron_job) {
  return json::Object{{"metadata", json::Object{{"resourceVersion", cron_job.resource_version}}}};
}

void setSuspended(json::Value& patch, bool suspended, json::Value why) {
  patch["spec"]["suspend"] = suspended;
  patch["metadata"]["annotations"][kSuspendedAnnotation] = std::move(why);
}

/// A CronJob starts what is due since its last start, but looks back startingDeadlineSeconds at
/// most (kubernetes pkg/controller/cronjob/utils.go, mostRecentScheduleTime). @every counts from
/// there, so one of a longer interval is never due.
std::optional<std::int64_t> deadlineNeeded(const CronJob& cron_job,
                                           const cron::Schedule& schedule) {
  constexpr std::chrono::hours kMore{1};
  const auto every = schedule.every();
  if (!every || !cron_job.starting_deadline) return std::nullopt;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*every).count();
  if (*cron_job.starting_deadline > seconds) return std::nullopt;
  return seconds + std::chrono::seconds(kMore).count();
}

void add(std::string& change, const std::string& clause) {
  change += (change.empty() ? "" : "; ") + clause;
}

CronJobDrift unconfigured(const CronJob& cron_job) {
  if (cron_job.suspended) return {};
  json::Value patch = patchOf(cron_job);
  setSuspended(patch, true, "not-configured");
  return {.patch = std::move(patch),
          .change = "suspended, as no backups are configured",
          .obstacle = ""};
}

}  // namespace

tl::expected<CronJobSchedule, std::string> asCronJobSchedule(const cron::Schedule& schedule) {
  std::vector<std::string_view> fields = fieldsOf(withoutZone(schedule.expression()));
  constexpr std::size_t kWithSeconds = 6;
  if (fields.size() == kWithSeconds) {
    if (fields.front().find_first_not_of('0') != std::string_view::npos) {
      return tl::unexpected("a CronJob can't say \"" + schedule.expression() +
                            "\": it fires at second 0 alone");
    }
    fields.erase(fields.begin());
  }
  CronJobSchedule said{.schedule = "", .time_zone = schedule.zone().name()};
  for (const std::string_view field : fields) {
    said.schedule += (said.schedule.empty() ? "" : " ") + std::string(field);
  }
  return said;
}

CronJobDrift compareCronJob(const CronJob& cron_job, const std::optional<BackupPolicy>& policy) {
  if (!policy) return unconfigured(cron_job);
  const bool suspended_by_us = cron_job.suspended && !cron_job.suspended_for.empty();
  CronJobDrift drift;
  if (!policy->schedule) {
    // Whoever installed it chose the CronJob's own schedule, unless that is a placeholder.
    if (suspended_by_us) drift.obstacle = "it stays suspended, as no schedule is configured";
    drift.is_stuck = suspended_by_us;
    return drift;
  }
  const auto wanted = asCronJobSchedule(*policy->schedule);
  if (!wanted) {
    drift.obstacle = wanted.error() + "; it keeps " +
                     inWords(cron_job.schedule, cron_job.time_zone) +
                     (cron_job.suspended ? ", suspended" : "");
    drift.is_stuck = suspended_by_us;
    return drift;
  }
  json::Value patch = patchOf(cron_job);
  const CronJobSchedule current{cron_job.schedule, cron_job.time_zone};
  if (current != *wanted) {
    patch["spec"]["schedule"] = wanted->schedule;
    patch["spec"]["timeZone"] = wanted->time_zone;
    add(drift.change, "set to " + inWords(wanted->schedule, wanted->time_zone) + ", was " +
                          inWords(current.schedule, current.time_zone));
  }
  if (const auto deadline = deadlineNeeded(cron_job, *policy->schedule)) {
    patch["spec"]["startingDeadlineSeconds"] = *deadline;
    add(drift.change, "given " + std::to_string(*deadline) +
                          " startingDeadlineSeconds, with less than its interval it never fires");
  }
  if (suspended_by_us) {
    setSuspended(patch, false, {});
    add(drift.change, "resumed");
  } else if (cron_job.suspended) {
    drift.obstacle = "it was suspended by hand, so no backup is made on schedule";
  } else if (!cron_job.suspended_for.empty()) {
    // Left by somebody who resumed it: it would make their next suspension pass for ours.
    patch["metadata"]["annotations"][kSuspendedAnnotation] = {};
    add(drift.change, "rid of the mark of a suspension that is over");
  }
  if (!drift.change.empty()) drift.patch = std::move(patch);
  return drift;
}

std::vector<std::string> describe(const CronJobDrift& drift, const std::string& name) {
  std::vector<std::string> lines;
  if (drift.patch) {
    lines.push_back("CronJob " + name + " is out of step with what is configured until the next " +
                    "sync, by which it is " + drift.change);
  }
  if (!drift.obstacle.empty()) lines.push_back("CronJob " + name + ": " + drift.obstacle);
  return lines;
}

}  // namespace job
