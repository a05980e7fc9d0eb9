#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/json/value.h"
#include "common/time/instant.h"
#include "job/decide/retention.h"
#include "job/decide/verdict.h"
#include "job/failure.h"
#include "job/report/status_report.h"
#include "job/report/termination_message.h"

namespace job {

enum class PassOutcome {
  kCompleted,
  kNothingToDo,
  kDeferred,
  kRefused,
  kBusy,
  kTimedOut,
  kInterrupted,
  kFailed
};

/// A backup, what retention decided of it, and what came of that: a line of `prune`'s table.
struct DecidedBackup {
  enum class Fate { kKept, kNotInThePlan, kToGo, kGone, kNotGone };

  std::string name;
  std::optional<timing::Instant> time;  // when it ended, else began; empty when it can't be read
  Verdict verdict = Verdict::kPending;
  RetentionReason reason = RetentionReason::kNoLimit;
  Fate fate = Fate::kKept;
};

/// What a pass has to say: the last line on stdout with -o json, the text otherwise, and the
/// termination message.
struct PassResult {
  std::string command;
  ExitCode exit_code = ExitCode::kDone;
  /// Set for ends with code 0 or 4 that are not "completed"; else the code decides.
  std::optional<PassOutcome> said;
  std::string cluster;
  bool dry_run = false;
  std::optional<std::string> backup;     // of a dry run: the one that was not made, null in JSON
  std::optional<Verdict> verdict;        // none for a dry run's backup, which was never made
  std::vector<std::string> snapshots;    // of the new backup
  std::vector<std::string> pruned;       // backup names, as the following
  std::vector<std::string> would_prune;  // dry runs
  std::int64_t kept = 0;                 // good and unheld
  std::vector<std::string> held;
  std::vector<std::string> failed_to_prune;
  std::string last_backup_time;  // RFC 3339; empty is null
  std::string next_backup_time;
  timing::Duration duration{};
  std::vector<std::string> warnings;
  std::string reason;  // not empty when exit_code isn't 0

  /// For the text alone, which says "3 good backups (maxSnapshots 3)".
  std::optional<std::int64_t> max_snapshots;
  /// For the text alone, of `prune`: every backup, newest first, in place of the lists.
  std::vector<DecidedBackup> decided;

  /// And the new backup's row of the status table.
  std::optional<StatusReport::Row> row;

  /// For the metrics alone: how long an instance was seen stopped, or has been when it still is.
  std::optional<timing::Duration> fenced;
  /// And how many backups there are, once they were looked at.
  std::optional<std::map<Verdict, std::int64_t>> backups;
  /// The second firing of the schedule after the last good backup; empty: one of them is not known.
  std::optional<timing::Instant> overdue;
  /// For the history alone: why each of `pruned` went.
  std::map<std::string, RetentionReason> why_pruned;
  /// And of `sync`: it created the Cluster, or was the first to see that it was, or how it ended.
  bool moved_recovery = false;
  /// Of `sync` with a CronJob to compare.
  std::optional<bool> schedule_in_sync;
  /// An instance is fenced, and no Backup in flight explains it. Empty: nobody looked.
  std::optional<bool> fence_left_over;
};

PassOutcome outcomeOf(const PassResult& result);
/// Of a code alone; 0 and 4 are completed.
PassOutcome outcomeOf(ExitCode code);
std::string_view toString(PassOutcome outcome);
/// The first words of a text that tells it: "Nothing to do".
std::string_view titleOf(PassOutcome outcome);

/// The result object, keys in the documented order.
json::Value toJson(const PassResult& result);

/// For people: what happened, in a few lines, each with its line end. With `now` it says how long
/// it is until the next backup, and shows the new backup's row.
std::string toText(const PassResult& result, std::optional<timing::Instant> now = std::nullopt);

/// The result object in at most `limit` bytes, cut as cutToFit says.
std::string terminationMessage(const PassResult& result,
                               std::size_t limit = kTerminationMessageLimit);

}  // namespace job
