#include "job/report/metrics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <system_error>
#include <utility>

#include "common/k8s/connection/base64.h"
#include "common/text/ascii.h"
#include "common/time/rfc3339.h"

namespace job {
namespace {

struct Family {
  std::string_view name;
  std::string_view type;
  std::string_view help;
};

constexpr std::string_view kPrefix = "noobaa_db_backup_";

/// In the order they are written.
constexpr Family kLastSuccess{"last_success_timestamp_seconds", "gauge",
                              "When the newest good backup ended, as of the last pass that made "
                              "one."};
constexpr Family kLastAttempt{"last_attempt_timestamp_seconds", "gauge",
                              "When the last pass ended, however it did."};
constexpr Family kExitCode{"last_attempt_exit_code", "gauge",
                           "Exit code of the last pass; 0 and 4 mean a good backup, or nothing to "
                           "do."};
constexpr Family kDuration{"duration_seconds", "gauge", "How long the last pass took."};
constexpr Family kFenced{"fence_seconds", "gauge",
                         "How long an instance was seen stopped for a backup, or has been when it "
                         "still is."};
constexpr Family kBackups{"backups", "gauge", "Backups there are, by what they are worth."};
constexpr Family kHeld{"backups_held", "gauge", "Backups that are kept whatever their age."};
/// A number of one pass, so no counter; and nothing else but an untyped one may be named so.
constexpr Family kPruned{"pruned_total", "untyped",
                         "Backups that the last pass with a good backup deleted. Not a counter."};
constexpr Family kPruneFailures{"prune_failures", "gauge",
                                "Backups that the last pass with a good backup could not delete."};
constexpr Family kNextRun{"next_run_timestamp_seconds", "gauge", "When the schedule fires next."};
constexpr Family kInSync{"schedule_in_sync", "gauge",
                         "1 when the CronJob has the schedule of the NooBaa CR, else 0."};

constexpr std::array kFamilies{kLastSuccess,   kLastAttempt, kExitCode, kDuration,
                               kFenced,        kBackups,     kHeld,     kPruned,
                               kPruneFailures, kNextRun,     kInSync};

constexpr std::array kVerdicts{Verdict::kCertified,  Verdict::kUncertified, Verdict::kUnclean,
                               Verdict::kIncomplete, Verdict::kFailed,      Verdict::kPending,
                               Verdict::kTerminating};

/// Of each family's name: values by labels, so that none is there twice.
using Series = std::map<std::string_view, std::map<std::string, std::string>>;

std::string label(std::string_view name, std::string_view value) {
  std::string text = std::string(name) + "=\"";
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
  return text + '"';
}

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
Series seriesOf(const MetricsSample& sample, const std::string& common) {
  Series series;
  const auto add = [&](const Family& family, std::string value) {
    series[family.name][common] = std::move(value);
  };
  if (sample.last_success) add(kLastSuccess, seconds(*sample.last_success));
  if (sample.attempt) {
    add(kLastAttempt, seconds(sample.attempt->ended));
    add(kExitCode, std::to_string(static_cast<int>(sample.attempt->exit_code)));
    add(kDuration, seconds(sample.attempt->duration));
  }
  if (sample.fenced) add(kFenced, seconds(*sample.fenced));
  if (sample.backups) {
    // All of them, for a verdict that is not sent would vanish from a Pushgateway.
    for (const Verdict verdict : kVerdicts) {
      const auto found = sample.backups->find(verdict);
      const std::int64_t count = found == sample.backups->end() ? 0 : found->second;
      const std::string labels =
          common + (common.empty() ? "" : ",") + label("verdict", toString(verdict));
      series[kBackups.name][labels] = std::to_string(count);
    }
  }
  if (sample.held) add(kHeld, std::to_string(*sample.held));
  if (sample.pruned) add(kPruned, std::to_string(*sample.pruned));
  if (sample.prune_failures) add(kPruneFailures, std::to_string(*sample.prune_failures));
  if (sample.next_run) add(kNextRun, seconds(*sample.next_run));
  if (sample.schedule_in_sync) add(kInSync, *sample.schedule_in_sync ? "1" : "0");
  return series;
}

std::string write(const Series& series) {
  std::string text;
  for (const Family& family : kFamilies) {
    const auto found = series.find(family.name);
    if (found == series.end() || found->second.empty()) continue;
    const std::string name = std::string(kPrefix) + std::string(family.name);
    text += "# HELP " + name + " " + std::string(family.help) + "\n";
    text += "# TYPE " + name + " " + std::string(family.type) + "\n";
    for (const auto& [labels, value] : found->second) {
      text += name + (labels.empty() ? "" : "{" + labels + "}") + " " + value + "\n";
    }
  }
  return text;
}

/// Takes name="value" off the front; false when there is none.
bool takeLabel(std::string_view& text) {
  const std::size_t equals = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_");
  if (equals == 0 || !text.substr(std::min(equals, text.size())).starts_with("=\"")) return false;
  text.remove_prefix(equals + 2);
  while (!text.empty() && text.front() != '"') {
    const bool escape = text.front() == '\\';
    if (escape && (text.size() < 2 || std::string_view("\\\"n").find(text[1]) == std::string::npos))
      return false;
    text.remove_prefix(escape ? 2 : 1);
  }
  if (text.empty()) return false;
  text.remove_prefix(1);
  return true;
}

bool areLabels(std::string_view text) {
  if (!text::isVisibleAscii(text)) return false;
  while (takeLabel(text)) {
    if (text.empty()) return true;
    if (text.front() != ',') return false;
    text.remove_prefix(1);
  }
  return false;
}

bool isNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

/// Adds what a line says, if it is one as written here.
void readLine(std::string_view line, Series& series) {
  if (!line.starts_with(kPrefix)) return;
  line.remove_prefix(kPrefix.size());
  const std::size_t open = line.find('{');
  const std::size_t close = line.rfind("} ");
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return;
  const auto family = std::find_if(kFamilies.begin(), kFamilies.end(), [&](const Family& known) {
    return known.name == line.substr(0, open);
  });
  const std::string_view labels = line.substr(open + 1, close - open - 1);
  const std::string_view value = line.substr(close + 2);
  if (family == kFamilies.end() || !areLabels(labels) || !isNumber(value)) return;
  series[family->name][std::string(labels)] = value;
}

Series readSeries(std::string_view text) {
  Series series;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    readLine(text.substr(0, end), series);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
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

}  // namespace

MetricsSample sampleOf(const PassResult& result, const std::string& name_space,
                       timing::Instant now) {
  MetricsSample sample{.name_space = name_space, .cluster = result.cluster};
  sample.attempt = {.ended = now, .exit_code = result.exit_code, .duration = result.duration};
  sample.fenced = result.fenced;
  sample.next_run = instantOf(result.next_backup_time);
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

std::string pushedMetrics(const MetricsSample& sample) {
  return write(seriesOf(sample, ""));
}

std::string pushPath(const MetricsSample& sample) {
  return "/metrics/job/noobaa-db-backup" + pathPart("namespace", sample.name_space) +
         pathPart("cluster", sample.cluster);
}

std::string metricsFileAfter(std::string_view before, const MetricsSample& sample) {
  const std::string own =
      label("namespace", sample.name_space) + "," + label("cluster", sample.cluster);
  Series series = readSeries(before);
  for (auto& [name, values] : seriesOf(sample, own)) {
    auto& kept = series[name];
    std::erase_if(kept, [&](const auto& entry) {
      const std::string& labels = entry.first;
      return labels == own || labels.starts_with(own + ",");
    });
    kept.merge(values);
  }
  return write(series);
}

}  // namespace job
