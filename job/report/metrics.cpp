#include "job/report/metrics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>

#include "common/k8s/connection/base64.h"
#include "common/time/rfc3339.h"
#include "job/report/exposition.h"

namespace job {
namespace {

/// In the order they are written.
constexpr MetricFamily kLastSuccess{
    "noobaa_db_backup_last_success_timestamp_seconds", "gauge",
    "When the newest good backup ended, as of the last pass that made one."};
constexpr MetricFamily kLastAttempt{"noobaa_db_backup_last_attempt_timestamp_seconds", "gauge",
                                    "When the last pass ended, however it did."};
constexpr MetricFamily kExitCode{
    "noobaa_db_backup_last_attempt_exit_code", "gauge",
    "Exit code of the last pass; 0 and 4 mean a good backup, or nothing to do."};
constexpr MetricFamily kDuration{"noobaa_db_backup_duration_seconds", "gauge",
                                 "How long the last pass took."};
constexpr MetricFamily kFenced{
    "noobaa_db_backup_fence_seconds", "gauge",
    "How long an instance was seen stopped for a backup, or has been when it still is."};
constexpr MetricFamily kLeftOver{
    "noobaa_db_backup_fence_left_over", "gauge",
    "1 when an instance is kept stopped and no Backup in flight explains it, else 0."};
constexpr MetricFamily kBackups{"noobaa_db_backup_backups", "gauge",
                                "Backups there are, by what they are worth."};
constexpr MetricFamily kHeld{"noobaa_db_backup_backups_held", "gauge",
                             "Backups that are kept whatever their age."};
/// A number of one pass, so no counter; and nothing else but an untyped one may be named so.
constexpr MetricFamily kPruned{
    "noobaa_db_backup_pruned_total", "untyped",
    "Backups that the last pass with a good backup deleted. Not a counter."};
constexpr MetricFamily kPruneFailures{
    "noobaa_db_backup_prune_failures", "gauge",
    "Backups that the last pass with a good backup could not delete."};
constexpr MetricFamily kNextRun{"noobaa_db_backup_next_run_timestamp_seconds", "gauge",
                                "When the schedule fires next."};
constexpr MetricFamily kOverdue{
    "noobaa_db_backup_overdue_timestamp_seconds", "gauge",
    "The second firing of the schedule after the newest good backup ended."};
constexpr MetricFamily kInSync{"noobaa_db_backup_schedule_in_sync", "gauge",
                               "1 when the CronJob has the schedule of the NooBaa CR, else 0."};

constexpr MetricFamily kLastDrill{"noobaa_db_backup_last_drill_timestamp_seconds", "gauge",
                                  "When the last restore drill ended, however it did."};
constexpr MetricFamily kDrillExitCode{
    "noobaa_db_backup_last_drill_exit_code", "gauge",
    "Exit code of the last restore drill; 0 and 4 mean a verified backup."};
constexpr MetricFamily kDrillSuccess{"noobaa_db_backup_last_drill_success_timestamp_seconds",
                                     "gauge",
                                     "When the last restore drill that verified a backup ended."};
constexpr MetricFamily kDrillDuration{"noobaa_db_backup_drill_duration_seconds", "gauge",
                                      "How long the last restore drill took."};

constexpr std::array kFamilies{kLastSuccess,  kLastAttempt,  kExitCode, kDuration,  kFenced,
                               kLeftOver,     kBackups,      kHeld,     kPruned,    kPruneFailures,
                               kNextRun,      kOverdue,      kInSync,   kLastDrill, kDrillExitCode,
                               kDrillSuccess, kDrillDuration};

constexpr std::array kVerdicts{Verdict::kCertified,  Verdict::kUncertified, Verdict::kUnclean,
                               Verdict::kIncomplete, Verdict::kFailed,      Verdict::kPending,
                               Verdict::kTerminating};

std::string number(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

/// Finer than a millisecond says nothing about a backup.
std::string seconds(timing::Duration duration) {
  return number(
      static_cast<double>(std::chrono::round<std::chrono::milliseconds>(duration).count()) / 1000);
}
std::string seconds(timing::Instant instant) {
  return std::to_string(
      std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count());
}

/// `common` are the labels of all.
MetricSeries seriesOf(const MetricsSample& sample, const std::string& common) {
  MetricSeries series;
  const auto add = [&](const MetricFamily& family, std::string value) {
    series[family.name][common] = std::move(value);
  };
  if (sample.last_success) add(kLastSuccess, seconds(*sample.last_success));
  if (sample.attempt) {
    add(kLastAttempt, seconds(sample.attempt->ended));
    add(kExitCode, std::to_string(static_cast<int>(sample.attempt->exit_code)));
    add(kDuration, seconds(sample.attempt->duration));
  }
  if (sample.drill) {
    add(kLastDrill, seconds(sample.drill->ended));
    add(kDrillExitCode, std::to_string(static_cast<int>(sample.drill->exit_code)));
    add(kDrillDuration, seconds(sample.drill->duration));
    if (sample.drill->verified) add(kDrillSuccess, seconds(sample.drill->ended));
  }
  if (sample.fenced) add(kFenced, seconds(*sample.fenced));
  if (sample.fence_left_over) add(kLeftOver, *sample.fence_left_over ? "1" : "0");
  if (sample.backups) {
    // All of them, for a verdict that is not sent would vanish from a Pushgateway.
    for (const Verdict verdict : kVerdicts) {
      const auto found = sample.backups->find(verdict);
      const std::int64_t count = found == sample.backups->end() ? 0 : found->second;
      const std::string labels =
          common + (common.empty() ? "" : ",") + metricLabel("verdict", toString(verdict));
      series[kBackups.name][labels] = std::to_string(count);
    }
  }
  if (sample.held) add(kHeld, std::to_string(*sample.held));
  if (sample.pruned) add(kPruned, std::to_string(*sample.pruned));
  if (sample.prune_failures) add(kPruneFailures, std::to_string(*sample.prune_failures));
  if (sample.next_run) add(kNextRun, seconds(*sample.next_run));
  if (sample.overdue) add(kOverdue, seconds(*sample.overdue));
  if (sample.schedule_in_sync) add(kInSync, *sample.schedule_in_sync ? "1" : "0");
  return series;
}

/// One "/name/value" of a group. What a path can't carry as it is goes as base64, by the
/// Pushgateway's own rule: "=" stands for nothing.
std::string pathPart(std::string_view name, std::string_view value) {
  const bool plain =
      !value.empty() && value.front() != '.' && std::all_of(value.begin(), value.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.';
      });
  if (plain) return "/" + std::string(name) + "/" + std::string(value);
  std::string encoded = k8s::encodeBase64(value);
  std::replace(encoded.begin(), encoded.end(), '+', '-');
  std::replace(encoded.begin(), encoded.end(), '/', '_');
  encoded.erase(std::min(encoded.find('='), encoded.size()));
  return "/" + std::string(name) + "@base64/" + (encoded.empty() ? "=" : encoded);
}

std::optional<timing::Instant> instantOf(const std::string& rfc3339) {
  const auto parsed = timing::parseRfc3339(rfc3339);
  return parsed ? std::optional(*parsed) : std::nullopt;
}

/// What is alerted on is whether backups are made by themselves. A person sees what became of what
/// they asked for; only where their Backup ended as well or badly does it tell of later ones.
bool isAttempt(const PassResult& result) {
  return result.command == "run" || (result.command == "db-backup" && result.verdict);
}

}  // namespace

MetricsSample sampleOf(const PassResult& result, const std::string& name_space,
                       timing::Instant now) {
  MetricsSample sample{.name_space = name_space, .cluster = result.cluster};
  if (isAttempt(result)) {
    sample.attempt = {.ended = now, .exit_code = result.exit_code, .duration = result.duration};
  }
  sample.schedule_in_sync = result.schedule_in_sync;
  sample.fenced = result.fenced;
  sample.fence_left_over = result.fence_left_over;
  sample.next_run = instantOf(result.next_backup_time);
  sample.overdue = result.overdue;
  if (result.backups) {
    sample.backups = result.backups;
    sample.held = static_cast<std::int64_t>(result.held.size());
  }
  // Whatever came after it: there is a new backup to go back to, and the old ones were looked at.
  if (result.verdict && isGood(*result.verdict)) {
    sample.last_success = instantOf(result.last_backup_time);
    sample.pruned = static_cast<std::int64_t>(result.pruned.size());
    sample.prune_failures = static_cast<std::int64_t>(result.failed_to_prune.size());
  }
  return sample;
}

MetricsSample sampleOf(const DrillReport& report, bool of_named_backup,
                       const std::string& name_space, timing::Instant now) {
  MetricsSample sample{.name_space = name_space, .cluster = report.cluster};
  if (of_named_backup && !report.cameToAVerdict()) return sample;
  sample.drill = {.ended = now,
                  .exit_code = report.exit_code,
                  .duration = report.duration,
                  .verified = report.verified()};
  return sample;
}

std::string pushedMetrics(const MetricsSample& sample) {
  return writeExposition(kFamilies, seriesOf(sample, ""));
}

std::string pushPath(const MetricsSample& sample) {
  return "/metrics/job/noobaa-db-backup" + pathPart("namespace", sample.name_space) +
         pathPart("cluster", sample.cluster);
}

std::string metricsFileAfter(std::string_view before, const MetricsSample& sample) {
  const std::string own =
      metricLabel("namespace", sample.name_space) + "," + metricLabel("cluster", sample.cluster);
  MetricSeries series = readExposition(kFamilies, before);
  for (auto& [name, values] : seriesOf(sample, own)) {
    auto& kept = series[name];
    std::erase_if(kept, [&](const auto& entry) {
      const std::string& labels = entry.first;
      return labels == own || labels.starts_with(own + ",");
    });
    kept.merge(values);
  }
  return writeExposition(kFamilies, series);
}

}  // namespace job
