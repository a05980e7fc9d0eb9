#include "job/report/drill_report.h"

#include <chrono>
#include <string_view>

#include "common/time/go_duration.h"
#include "job/model/joined.h"
#include "job/report/json_parts.h"
#include "job/report/pass_result.h"
#include "job/report/text_line.h"

namespace job {
namespace {

/// "1m12s": how long a restore takes is what people plan an outage by.
std::string inWords(timing::Duration duration) {
  return timing::formatGoDuration(std::chrono::round<std::chrono::seconds>(duration));
}

std::string_view wordFor(ExitCode code) {
  return code == ExitCode::kIncomplete ? "Incomplete" : titleOf(outcomeOf(code));
}

std::string headLine(const DrillReport& report) {
  const std::string what = "Backup " + report.backup;
  std::string text;
  if (report.verified()) {
    text = "Verified: " + what + " was restored as Cluster " + report.drill +
           ", and its database is the one that was backed up";
  } else if (report.exit_code == ExitCode::kDone && report.dry_run) {
    text = "Dry run: " + what + " would be restored as Cluster " + report.drill +
           "; nothing was changed";
  }
  if (report.exit_code == ExitCode::kDone) return line(text);
  return (text.empty() ? "" : line(text)) +
         line(std::string(wordFor(report.exit_code)) + " (exit " +
              std::to_string(static_cast<int>(report.exit_code)) + "): " + report.reason);
}

std::string comparisonLine(const DrillComparison& each) {
  const std::string expected = each.expected.empty() ? "does not say" : "says " + each.expected;
  const std::string found = each.found.empty() ? "did not say" : "says " + each.found;
  return line(each.what + " " + std::string(toString(each.result)) + ": the backup " + expected +
              ", the restored database " + found);
}

std::string answerLine(const DrillReport& report) {
  if (report.answered_after) {
    return line("PostgreSQL answered " + inWords(*report.answered_after) +
                " after the Cluster was created");
  }
  return report.removed_after ? line("PostgreSQL did not answer") : "";
}

std::string removalLine(const DrillReport& report) {
  if (!report.left.empty()) {
    return line("Still there, for the next drill to remove: " + joined(report.left));
  }
  if (!report.removed_after) return "";
  return line("Cluster " + report.drill + " was removed in " + inWords(*report.removed_after));
}

}  // namespace

bool DrillReport::verified() const {
  return answered_after && whyNotVerified(comparisons, backup).empty();
}

bool DrillReport::cameToAVerdict() const {
  const bool made = answered_after || removed_after || !left.empty();
  return verified() || (made && exit_code == ExitCode::kBackupFailed);
}

json::Value toJson(const DrillReport& report) {
  json::Array comparisons;
  for (const DrillComparison& each : report.comparisons) {
    comparisons.emplace_back(json::Object{{"what", each.what},
                                          {"expected", orNull(each.expected)},
                                          {"found", orNull(each.found)},
                                          {"result", toString(each.result)}});
  }
  return json::Object{
      {"command", "verify"},
      {"outcome", toString(outcomeOf(report.exit_code))},
      {"exitCode", static_cast<int>(report.exit_code)},
      {"cluster", report.cluster},
      {"backup", orNull(report.backup)},
      {"drillCluster", orNull(report.drill)},
      {"verified", report.verified()},
      {"comparisons", std::move(comparisons)},
      {"answeredAfterSeconds",
       report.answered_after ? json::Value(secondsOf(*report.answered_after)) : json::Value()},
      {"durationSeconds", secondsOf(report.duration)},
      {"left", arrayOf(report.left)},
      {"warnings", arrayOf(report.warnings)},
      {"reason", report.reason}};
}

std::string toText(const DrillReport& report) {
  std::string text = headLine(report) + answerLine(report);
  for (const DrillComparison& each : report.comparisons) text += comparisonLine(each);
  text += removalLine(report);
  for (const std::string& warning : report.warnings) text += line("Warning: " + warning);
  return text;
}

}  // namespace job
