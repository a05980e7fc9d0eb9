#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "common/time/rfc3339.h"
#include "job/model/quantity.h"
#include "job/report/colours.h"
#include "job/report/human_age.h"
#include "job/report/status_report.h"
#include "job/report/text_line.h"
#include "job/report/text_table.h"

namespace job {
namespace {

using Row = StatusReport::Row;
using std::to_string;

/// The line end stays plain, lest a terminal paints the rest of it.
std::string paintedLine(std::string_view text, Colour colour) {
  return painted(text.substr(0, text.size() - 1), colour) + "\n";
}

std::string headLine(std::string_view title, std::string_view text) {
  constexpr std::size_t kColumn = 19;
  std::string out = std::string(title) + ":";
  out.resize(kColumn, ' ');
  return line(out + std::string(text));
}

std::string ago(timing::Instant time, timing::Instant now) {
  return humanAge(now - time) + " ago";
}

std::string lastLine(const StatusReport& report, timing::Instant now) {
  constexpr std::string_view kTitle = "Last good backup";
  if (!report.last_backup) return headLine(kTitle, "none yet");
  return headLine(kTitle, ago(*report.last_backup, now) + " (" +
                              timing::formatRfc3339(*report.last_backup) + ")");
}

std::string nextLine(const StatusReport& report, timing::Instant now) {
  constexpr std::string_view kTitle = "Next backup";
  if (report.schedule.empty()) return headLine(kTitle, "none, there is no schedule");
  const std::string schedule = "schedule \"" + report.schedule + "\", " + report.time_zone;
  if (!report.next_backup) return headLine(kTitle, "never, it does not fire: " + schedule);
  const timing::Instant next = *report.next_backup;
  return headLine(kTitle, (next > now ? "in " + humanAge(next - now) : std::string("due now")) +
                              " (" + timing::formatRfc3339(next) + "; " + schedule + ")");
}

std::string overdueLine(const StatusReport& report, timing::Instant now, bool colours) {
  constexpr std::string_view kTitle = "Overdue";
  if (!report.overdue()) return headLine(kTitle, "no");
  const std::string text =
      headLine(kTitle, "YES: no good backup since the one due at " +
                           timing::formatRfc3339(*report.missed) + ", " + ago(*report.missed, now));
  return colours ? paintedLine(text, Colour::kRed) : text;
}

std::string keptLine(const StatusReport& report) {
  std::int64_t kept = 0;
  std::int64_t held = 0;
  std::int64_t leaving = 0;
  for (const Row& row : report.rows) {
    if (isGood(row.judgement.verdict) && row.hold == Hold::kNone && row.managed &&
        !row.retention.remove) {
      ++kept;
    }
    if (row.hold != Hold::kNone) ++held;
    if (row.retention.remove) ++leaving;
  }
  const auto counted = [](std::int64_t number, const std::string& what) {
    return to_string(number) + " " + what + (number == 1 ? "" : "s");
  };
  std::string text = counted(kept, "good backup");
  if (report.max_snapshots) {
    text = to_string(kept) + " of at most " + counted(*report.max_snapshots, "good backup");
  }
  if (held > 0) text += ", " + to_string(held) + " held";
  if (leaving > 0) text += ", " + to_string(leaving) + " to be deleted";
  return headLine(
      "Kept",
      text + "; " + counted(static_cast<std::int64_t>(report.rows.size()), "backup") + " in all");
}

/// What the next pass will do with it, and why.
std::string_view keptCell(const RetentionDecision& decision) {
  switch (decision.reason) {
    case RetentionReason::kWithinMaxSnapshots:
      return "yes, within max";
    case RetentionReason::kExceedsMaxSnapshots:
      return "no, exceeds max";
    case RetentionReason::kFailedSuperseded:
      return "no, superseded";
    case RetentionReason::kHeldByAnnotation:
      return "held";
    case RetentionReason::kHeldByRecovery:
      return "held by dbRecovery";
    case RetentionReason::kHeldByCluster:
      return "held by a Cluster";
    case RetentionReason::kHeldByDrill:
      return "held by a restore drill";
    case RetentionReason::kHeldByPvc:
      return "held by a PVC";
    case RetentionReason::kLastCertified:
      return "yes, last certified";
    case RetentionReason::kLastOfItsDatabase:
      return "yes, last of its database";
    case RetentionReason::kNothingMissing:
      return "yes, nothing is missing";
    case RetentionReason::kInFlight:
      return "yes, in flight";
    case RetentionReason::kTerminating:
      return "no, being deleted";
    case RetentionReason::kNewerThanNewestGood:
      return "yes, newer than the last good";
    case RetentionReason::kNoGoodBackupWouldRemain:
      return "yes, there is no good one";
    case RetentionReason::kUnreadableTime:
      return "yes, unreadable time";
    case RetentionReason::kOperatorSchedule:
      return "by the operator";
    case RetentionReason::kNoLimit:
      return "yes, no limit";
  }
  return "";
}

/// Of all members; empty when one's size is not known.
std::string sizeCell(const BackupGroup& group) {
  double total = 0;
  for (const VolumeSnapshot& member : group.members) {
    const auto bytes = bytesOfQuantity(member.restore_size);
    if (!bytes) return "";
    total += *bytes;
  }
  return group.members.empty() ? "" : humanSize(total);
}

std::string membersCell(const BackupGroup& group) {
  const auto ready = std::ranges::count_if(
      group.members, [](const VolumeSnapshot& member) { return member.ready && !member.deleting; });
  return to_string(ready) + "/" + to_string(group.members.size()) + " ready";
}

std::string snapshotsCell(const BackupGroup& group) {
  std::string names;
  for (const VolumeSnapshot& member : group.members) {
    names += (names.empty() ? "" : ",") + member.name;
  }
  return names;
}

std::vector<std::string> cellsOf(const Row& row, timing::Instant now, bool wide) {
  const auto time = row.time();
  std::vector<std::string> cells = {row.group.name,
                                    time ? humanAge(now - *time) : "",
                                    std::string(toString(row.judgement.verdict)),
                                    std::string(keptCell(row.retention)),
                                    sizeCell(row.group),
                                    membersCell(row.group),
                                    row.group.online() ? "online" : "offline"};
  if (!wide) return cells;
  cells.push_back(row.group.backup ? row.group.backup->phase : "");
  cells.push_back(time ? timing::formatRfc3339(*time) : "");
  cells.push_back(snapshotsCell(row.group));
  cells.push_back(row.judgement.reason);
  return cells;
}

Colour colourOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kCertified:
      return Colour::kGreen;
    case Verdict::kUncertified:
      return Colour::kYellow;
    case Verdict::kPending:
    case Verdict::kTerminating:
      return Colour::kCyan;
    case Verdict::kUnclean:
    case Verdict::kIncomplete:
    case Verdict::kFailed:
      break;
  }
  return Colour::kRed;
}

}  // namespace

std::string toTable(const StatusReport::Rows& rows, timing::Instant now, bool wide, bool colours) {
  constexpr std::size_t kVerdictColumn = 2;
  std::vector<std::string> titles = {"NAME", "AGE", "VERDICT", "KEPT", "SIZE", "MEMBERS", "MODE"};
  if (wide) titles.insert(titles.end(), {"PHASE", "TIME", "SNAPSHOTS", "REASON"});
  // Each row's cells are made twice, so that those of tens of thousands need not be kept.
  TextColumns columns;
  columns.fit(titles);
  for (const Row& row : rows) columns.fit(cellsOf(row, now, wide));
  std::string text;
  columns.appendLine(text, titles);
  for (const Row& row : rows) {
    columns.appendLine(text, cellsOf(row, now, wide), kVerdictColumn,
                       colours ? colourOf(row.judgement.verdict) : Colour::kNone);
  }
  return text;
}

std::string toTable(const StatusReport& report, timing::Instant now, bool wide, bool colours) {
  std::string text = headLine("System", report.system + ", cluster " + report.cluster) +
                     lastLine(report, now) + nextLine(report, now);
  if (!report.schedule.empty()) text += overdueLine(report, now, colours);
  if (!report.recovery.empty()) text += headLine("Recovery", report.recovery);
  text += keptLine(report) + "\n" +
          (report.rows.empty() ? line("There are no backups of " + report.cluster + " yet.")
                               : toTable(report.rows, now, wide, colours));
  if (!report.warnings.empty()) text += "\n";
  for (const std::string& warning : report.warnings) {
    const std::string text_of_it = line("Warning: " + warning);
    text += colours ? paintedLine(text_of_it, Colour::kYellow) : text_of_it;
  }
  return text;
}

}  // namespace job
