#include <string>
#include <string_view>

#include "common/time/rfc3339.h"
#include "job/model/joined.h"
#include "job/report/human_age.h"
#include "job/report/pass_result.h"
#include "job/report/text_line.h"
#include "job/report/text_table.h"

namespace job {
namespace {

/// Empty when there is nothing to list.
std::string listLine(std::string_view title, const std::vector<std::string>& names) {
  return names.empty() ? "" : line(std::string(title) + ": " + joined(names));
}

bool isGoodBackup(const PassResult& result) {
  return result.backup && result.verdict && isGood(*result.verdict);
}

std::string goodBackupLine(const PassResult& result) {
  const bool certified = *result.verdict == Verdict::kCertified;
  const bool online = result.row && result.row->group.online();
  return line("Backup " + *result.backup + " is " + std::string(toString(*result.verdict)) +
              (certified ? ": PostgreSQL was shut down when its volumes were snapshotted"
               : online  ? ": it is complete, and was made while PostgreSQL was running"
                         : ": it is complete, but nothing says whether PostgreSQL was shut down"));
}

/// "Failed (exit 3): why"; for a backup that is good "Incomplete (exit 4): what is left to do".
std::string reasonLine(const PassResult& result) {
  const PassOutcome outcome = outcomeOf(result);
  const bool incomplete =
      result.exit_code == ExitCode::kIncomplete && outcome == PassOutcome::kCompleted;
  std::string text(incomplete ? "Incomplete" : titleOf(outcome));
  if (result.exit_code != ExitCode::kDone) {
    text += " (exit " + std::to_string(static_cast<int>(result.exit_code)) + ")";
  }
  if (!result.reason.empty()) text += ": " + result.reason;
  return line(text);
}

std::string headLines(const PassResult& result) {
  const bool done = result.exit_code == ExitCode::kDone;
  if (isGoodBackup(result)) return goodBackupLine(result) + (done ? "" : reasonLine(result));
  if (result.dry_run && done && result.backup && result.command != "recover") {
    return line("Dry run: Backup " + *result.backup + " would be made; nothing was changed");
  }
  return reasonLine(result);
}

std::string_view decisionCell(DecidedBackup::Fate fate) {
  switch (fate) {
    case DecidedBackup::Fate::kKept:
      return "keep";
    case DecidedBackup::Fate::kNotInThePlan:
      return "keep, not in the plan";
    case DecidedBackup::Fate::kToGo:
      return "delete";
    case DecidedBackup::Fate::kGone:
      return "deleted";
    case DecidedBackup::Fate::kNotGone:
      return "NOT deleted";
  }
  return "";
}

/// Every backup and why, between blank lines.
std::string decidedLines(const PassResult& result, std::optional<timing::Instant> now) {
  if (result.decided.empty()) return "";
  TextTable table({"NAME", "AGE", "VERDICT", "DECISION", "REASON", "WHY"});
  for (const DecidedBackup& backup : result.decided) {
    table.add({backup.name, now && backup.time ? humanAge(*now - *backup.time) : "",
               std::string(toString(backup.verdict)), std::string(decisionCell(backup.fate)),
               std::string(toString(backup.reason)), std::string(inWords(backup.reason))});
  }
  return "\n" + table.text() + "\n";
}

std::string listLines(const PassResult& result) {
  if (!result.decided.empty()) return "";
  return listLine("Snapshots", result.snapshots) + listLine("Pruned", result.pruned) +
         listLine("Would prune", result.would_prune) +
         listLine("Could not prune", result.failed_to_prune);
}

std::string keptLine(const PassResult& result) {
  if (result.kept == 0 && result.held.empty()) return "";
  std::string text = (result.dry_run ? "Would keep: " : "Kept: ") + std::to_string(result.kept) +
                     (result.kept == 1 ? " good backup" : " good backups");
  if (result.max_snapshots) {
    text += " (maxSnapshots " + std::to_string(*result.max_snapshots) + ")";
  }
  if (!result.held.empty()) {
    text += ", " + std::to_string(result.held.size()) + " held (" + joined(result.held) + ")";
  }
  return line(text);
}

/// Of interest when this pass did not just make it.
std::string lastLine(const PassResult& result) {
  if (isGoodBackup(result) || result.last_backup_time.empty()) return "";
  return line("Last good backup: " + result.last_backup_time);
}

std::string nextLine(const PassResult& result, std::optional<timing::Instant> now) {
  if (result.next_backup_time.empty()) return "";
  std::string text = "Next backup: " + result.next_backup_time;
  const auto next = timing::parseRfc3339(result.next_backup_time);
  if (now && next) text += *next > *now ? " (in " + humanAge(*next - *now) + ")" : " (due now)";
  return line(text);
}

std::string rowLines(const PassResult& result, std::optional<timing::Instant> now) {
  if (!result.row || !now) return "";
  return "\n" + toTable({*result.row}, *now, /*wide=*/false);
}

std::string warningLines(const PassResult& result) {
  std::string lines;
  for (const std::string& warning : result.warnings) {
    // A deferred pass warns of its very reason.
    if (outcomeOf(result) != PassOutcome::kDeferred || warning != result.reason)
      lines += line("Warning: " + warning);
  }
  return lines;
}

}  // namespace

std::string toText(const PassResult& result, std::optional<timing::Instant> now) {
  return headLines(result) + listLines(result) + decidedLines(result, now) + keptLine(result) +
         lastLine(result) + nextLine(result, now) + warningLines(result) + rowLines(result, now);
}

}  // namespace job
