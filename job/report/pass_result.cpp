#include "job/report/pass_result.h"

#include "job/report/json_parts.h"

namespace job {

PassOutcome outcomeOf(ExitCode code) {
  switch (code) {
    case ExitCode::kDone:
    case ExitCode::kIncomplete:
      return PassOutcome::kCompleted;
    case ExitCode::kBusy:
      return PassOutcome::kBusy;
    case ExitCode::kRefused:
      return PassOutcome::kRefused;
    case ExitCode::kTimedOut:
      return PassOutcome::kTimedOut;
    case ExitCode::kInterrupted:
      return PassOutcome::kInterrupted;
    case ExitCode::kBug:
    case ExitCode::kUsage:
    case ExitCode::kBackupFailed:
    case ExitCode::kRecoveryFailed:
    case ExitCode::kUnavailable:
    case ExitCode::kForbidden:
    case ExitCode::kConfiguration:
      return PassOutcome::kFailed;
  }
  return PassOutcome::kFailed;
}

PassOutcome outcomeOf(const PassResult& result) {
  const PassOutcome outcome = outcomeOf(result.exit_code);
  return outcome == PassOutcome::kCompleted ? result.said.value_or(outcome) : outcome;
}

std::string_view toString(PassOutcome outcome) {
  switch (outcome) {
    case PassOutcome::kCompleted:
      return "completed";
    case PassOutcome::kNothingToDo:
      return "nothing-to-do";
    case PassOutcome::kDeferred:
      return "deferred";
    case PassOutcome::kRefused:
      return "refused";
    case PassOutcome::kBusy:
      return "busy";
    case PassOutcome::kTimedOut:
      return "timed-out";
    case PassOutcome::kInterrupted:
      return "interrupted";
    case PassOutcome::kFailed:
      return "failed";
  }
  return "failed";
}

std::string_view titleOf(PassOutcome outcome) {
  switch (outcome) {
    case PassOutcome::kCompleted:
      return "Done";
    case PassOutcome::kNothingToDo:
      return "Nothing to do";
    case PassOutcome::kDeferred:
      return "Deferred";
    case PassOutcome::kRefused:
      return "Refused";
    case PassOutcome::kBusy:
      return "Busy";
    case PassOutcome::kTimedOut:
      return "Timed out";
    case PassOutcome::kInterrupted:
      return "Stopped";
    case PassOutcome::kFailed:
      return "Failed";
  }
  return "Failed";
}

json::Value toJson(const PassResult& result) {
  return json::Object{
      {"command", result.command},
      {"outcome", toString(outcomeOf(result))},
      {"exitCode", static_cast<int>(result.exit_code)},
      {"cluster", result.cluster},
      {"backup", result.backup && !result.dry_run ? json::Value(*result.backup) : json::Value()},
      {"verdict", result.verdict ? json::Value(toString(*result.verdict)) : json::Value()},
      {"snapshots", arrayOf(result.snapshots)},
      {"pruned", arrayOf(result.pruned)},
      {"wouldPrune", arrayOf(result.would_prune)},
      {"kept", result.kept},
      {"held", arrayOf(result.held)},
      {"failedToPrune", arrayOf(result.failed_to_prune)},
      {"lastBackupTime", orNull(result.last_backup_time)},
      {"nextBackupTime", orNull(result.next_backup_time)},
      {"durationSeconds", secondsOf(result.duration)},
      {"warnings", arrayOf(result.warnings)},
      {"reason", result.reason},
  };
}

}  // namespace job
