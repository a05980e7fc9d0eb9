#include "job/report/history_report.h"

#include <chrono>
#include <cmath>
#include <vector>

#include "common/time/go_duration.h"
#include "common/time/rfc3339.h"
#include "job/failure.h"
#include "job/model/joined.h"
#include "job/model/names.h"
#include "job/report/human_age.h"
#include "job/report/text_line.h"
#include "job/report/text_table.h"

namespace job {
namespace {

std::string nameOf(const HistoryReport& report) {
  return "ConfigMap " + report.name_space + "/" + std::string(kHistoryName);
}

/// "failed (3)".
std::string resultCell(const HistoryEntry& entry) {
  const std::int64_t code = entry.number("exitCode");
  return entry.text("outcome") + (code == 0 ? "" : " (" + std::to_string(code) + ")");
}

/// Of the backup; of a drill whether it proved it.
std::string verdictCell(const HistoryEntry& entry) {
  const json::Value* verified = entry.result.find("verified");
  if (verified == nullptr || verified->boolean() == nullptr) return entry.text("verdict");
  return *verified->boolean() ? "verified" : "not verified";
}

std::string tookCell(const HistoryEntry& entry) {
  const json::Value* seconds = entry.result.find("durationSeconds");
  if (seconds == nullptr) return "";
  const double number = seconds->real() != nullptr      ? *seconds->real()
                        : seconds->integer() != nullptr ? static_cast<double>(*seconds->integer())
                                                        : -1;
  constexpr double kYear = 365.0 * 86400;
  if (number < 0 || number > kYear) return "";
  return timing::formatGoDuration(std::chrono::seconds(std::lround(number)));
}

/// What a table has room for; -o json has all of it.
std::string shortened(const std::string& text) {
  constexpr std::size_t kRoom = 100;
  if (text.size() <= kRoom) return text;
  std::size_t end = kRoom;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "...";
}

std::string reasonCell(const HistoryEntry& entry) {
  if (const std::string reason = entry.text("reason"); !reason.empty()) return shortened(reason);
  const auto warnings = entry.texts("warnings");
  if (warnings.empty()) return "";
  return shortened((warnings.size() == 1 ? "" : std::to_string(warnings.size()) + " warnings: ") +
                   warnings.front());
}

std::vector<std::string> cellsOf(const HistoryEntry& entry, timing::Instant now) {
  const std::int64_t deletions = entry.deletions();
  return {timing::formatRfc3339(entry.at),
          humanAge(now - entry.at),
          entry.command(),
          resultCell(entry),
          entry.text("backup"),
          verdictCell(entry),
          deletions == 0 ? "" : std::to_string(deletions),
          tookCell(entry),
          reasonCell(entry)};
}

Colour colourOf(const HistoryEntry& entry) {
  switch (entry.number("exitCode")) {
    case static_cast<int>(ExitCode::kDone):
      return Colour::kGreen;
    case static_cast<int>(ExitCode::kIncomplete):
    case static_cast<int>(ExitCode::kBusy):
    case static_cast<int>(ExitCode::kInterrupted):
      return Colour::kYellow;
    default:
      return Colour::kRed;
  }
}

std::string emptyLine(const HistoryReport& report) {
  const std::string none =
      "No run is recorded of Cluster " + report.name_space + "/" + report.cluster + " yet";
  if (report.exists) return line(none + ".");
  return line(none + ": there is no " + nameOf(report) +
              ", which `run`, `db-backup`, `prune`, `recover` and `verify` write when they end.");
}

}  // namespace

json::Value toJson(const HistoryReport& report) {
  json::Array runs;
  for (const History::Run& run : report.history.runs) {
    json::Object object{{"key", run.key}};
    const json::Value entry = toJson(run.entry);
    for (const auto& [key, value] : *entry.object()) object.set(key, value);
    runs.emplace_back(std::move(object));
  }
  json::Array unreadable;
  for (const History::Unreadable& each : report.history.unreadable) {
    unreadable.emplace_back(json::Object{
        {"key", each.key}, {"at", timing::formatRfc3339(each.at)}, {"problem", each.problem}});
  }
  return json::Object{{"namespace", report.name_space},
                      {"cluster", report.cluster},
                      {"runs", std::move(runs)},
                      {"unreadable", std::move(unreadable)}};
}

std::string toTable(const HistoryReport& report, timing::Instant now, bool colours) {
  constexpr std::size_t kResultColumn = 3;
  TextTable table(
      {"ENDED", "AGE", "COMMAND", "RESULT", "BACKUP", "VERDICT", "DELETED", "TOOK", "REASON"});
  for (const History::Run& run : report.history.runs) {
    table.add(cellsOf(run.entry, now));
    if (colours) table.paint(kResultColumn, colourOf(run.entry));
  }
  std::string text = report.history.runs.empty() && report.history.unreadable.empty()
                         ? emptyLine(report)
                         : table.text();
  for (const History::Unreadable& each : report.history.unreadable) {
    text += line("Unreadable: key " + each.key + " of " + nameOf(report) + ": " + each.problem);
  }
  if (report.history.others.empty()) return text;
  std::vector<std::string> others;
  for (const auto& [cluster, count] : report.history.others) {
    others.push_back(cluster + " (" + std::to_string(count) + (count == 1 ? " run)" : " runs)"));
  }
  return text + line("Of other Clusters, which --cluster shows: " + joined(others));
}

}  // namespace job
