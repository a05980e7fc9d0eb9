#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/time/instant.h"
#include "job/decide/verdict.h"
#include "job/failure.h"
#include "job/report/drill_report.h"
#include "job/report/pass_result.h"

namespace job {

/// What a command knows when it ends, for Prometheus (docs/metrics.md). What is absent is not sent,
/// and keeps the value it had.
struct MetricsSample {
  std::string name_space;
  std::string cluster;

  /// To make a backup.
  struct Attempt {
    timing::Instant ended;
    ExitCode exit_code = ExitCode::kDone;
    timing::Duration duration{};
  };
  std::optional<Attempt> attempt;
  std::optional<timing::Instant> last_success;  // of a command that made a good backup

  /// Of a restore drill, however it ended.
  struct DrillEnd {
    timing::Instant ended;
    ExitCode exit_code = ExitCode::kDone;
    timing::Duration duration{};
    bool verified = false;
  };
  std::optional<DrillEnd> drill;
  std::optional<timing::Duration> fenced;
  std::optional<bool> fence_left_over;
  std::optional<std::map<Verdict, std::int64_t>> backups;  // verdicts left out count 0
  std::optional<std::int64_t> held;
  std::optional<std::int64_t> pruned;
  std::optional<std::int64_t> prune_failures;
  std::optional<timing::Instant> next_run;
  std::optional<timing::Instant> overdue;
  std::optional<bool> schedule_in_sync;
};

/// Of a pass that ended at `now`, or of a sync, which attempts no backup. A backup on demand that
/// came to no verdict (not waited for, refused, a name taken) is no attempt either.
MetricsSample sampleOf(const PassResult& result, const std::string& name_space,
                       timing::Instant now);
/// Of a restore drill, which tells of drills alone. One of a backup that somebody named counts only
/// when it came to a verdict, like a backup on demand; else there is nothing to tell.
MetricsSample sampleOf(const DrillReport& report, bool of_named_backup,
                       const std::string& name_space, timing::Instant now);

/// Pure: what is pushed, in the text exposition format. Namespace and cluster are in the path.
std::string pushedMetrics(const MetricsSample& sample);
/// The Pushgateway's group of this cluster: "/metrics/job/noobaa-db-backup/namespace/NS/cluster/C".
std::string pushPath(const MetricsSample& sample);

/// Pure: what a file of metrics holds after `sample`, when it held `before`. As with a Pushgateway
/// each metric that is not sent stays, and so do other clusters'. Lines that nobody here wrote go,
/// for one malformed line makes collectors refuse the whole file.
std::string metricsFileAfter(std::string_view before, const MetricsSample& sample);

}  // namespace job
