#include "job/report/why_report.h"

#include <algorithm>

#include "common/time/rfc3339.h"
#include "job/model/joined.h"
#include "job/report/human_age.h"
#include "job/report/json_parts.h"
#include "job/report/text_line.h"
#include "job/report/text_table.h"

namespace job {
namespace {

using State = WhyReport::State;
using What = HistoryMention::What;
using timing::formatRfc3339;

std::string wordsOf(const std::string& code) {
  const auto reason = retentionReasonNamed(code);
  return code + (reason ? ", " + std::string(inWords(*reason)) : "");
}

std::string inWords(const HistoryMention& mention) {
  const std::string because = mention.words.empty() ? "" : ": " + mention.words;
  switch (mention.what) {
    case What::kMade:
      return mention.words.empty() ? "made it, and did not wait for it" : "made it" + because;
    case What::kNotGood:
      return "made it, and it was not good by then" + because;
    case What::kDeleted:
      return "deleted it" + (mention.reason.empty() ? "" : ": " + wordsOf(mention.reason));
    case What::kNotDeleted:
      return "failed to delete it" + because;
    case What::kRestored:
      return "recovered the database from it" + because;
    case What::kDrilled:
      return "tried to restore it in a drill" + because;
  }
  return "";
}

std::string byWhom(const HistoryMention& mention) {
  return "`" + mention.command + "` (run " + mention.run_id + ", ended " +
         formatRfc3339(mention.at) + ")";
}

std::string row(std::string_view title, const std::string& text) {
  constexpr std::size_t kColumn = 11;
  std::string out = std::string(title) + ":";
  out.resize(kColumn, ' ');
  return line(out + text);
}

std::string countedText(const WhyReport& report) {
  const WhyReport::Live& live = *report.live;
  if (!live.counted) return "no";
  if (!live.place || !report.max_snapshots) return "yes";
  return "yes, as number " + std::to_string(*live.place) + " of the " +
         std::to_string(*report.max_snapshots) + " that maxSnapshots keeps" +
         (live.place == report.max_snapshots ? "; the next good backup takes its place" : "");
}

std::string liveText(const WhyReport& report, timing::Instant now) {
  const WhyReport::Live& live = *report.live;
  std::string text =
      row("Verdict", std::string(toString(live.verdict)) +
                         (live.verdict_reason.empty() ? "" : ": " + live.verdict_reason));
  if (live.decision) text += row("Counts", countedText(report));
  if (live.time) {
    text += row("Time", formatRfc3339(*live.time) + " (" + humanAge(now - *live.time) + " ago)");
  }
  text += row("Made by", live.run.empty() ? "no run of this program" : "run " + live.run);
  if (!live.snapshots.empty()) text += row("Snapshots", joined(live.snapshots));
  return text;
}

std::string mentionsText(const WhyReport& report) {
  if (report.mentions.empty()) return "";
  TextTable table({"ENDED", "COMMAND", "RUN", "WHAT"});
  for (const HistoryMention& mention : report.mentions) {
    table.add({formatRfc3339(mention.at), mention.command, mention.run_id, inWords(mention)});
  }
  return "\n" + table.text();
}

json::Value timeOrNull(const std::optional<timing::Instant>& time) {
  return time ? json::Value(formatRfc3339(*time)) : json::Value();
}

json::Value numberOrNull(const std::optional<std::int64_t>& number) {
  return number ? json::Value(*number) : json::Value();
}

json::Value toJson(const HistoryMention& mention) {
  return json::Object{{"at", formatRfc3339(mention.at)},  {"command", mention.command},
                      {"runID", mention.run_id},          {"outcome", mention.outcome},
                      {"exitCode", mention.exit_code},    {"what", toString(mention.what)},
                      {"reason", orNull(mention.reason)}, {"words", mention.words}};
}

}  // namespace

std::string recordedWindow(const WhyReport& report) {
  return "(recorded: " + std::to_string(report.recorded_runs) +
         (report.recorded_since ? ", since " + formatRfc3339(*report.recorded_since) : "") + ")";
}

std::string_view toString(State state) {
  switch (state) {
    case State::kKept:
      return "kept";
    case State::kToGo:
      return "to-go";
    case State::kUndecided:
      return "undecided";
    case State::kGone:
      return "gone";
    case State::kNoBackup:
      return "no-backup";
  }
  return "";
}

std::string summaryOfGone(const WhyReport& report) {
  const auto deleted = std::ranges::find(report.mentions.rbegin(), report.mentions.rend(),
                                         What::kDeleted, &HistoryMention::what);
  if (deleted != report.mentions.rend()) {
    return "Backup " + report.backup + " is gone: " + byWhom(*deleted) + " " + inWords(*deleted);
  }
  return "Backup " + report.backup + " is gone, and no run says that it deleted it " +
         recordedWindow(report);
}

json::Value toJson(const WhyReport& report) {
  const WhyReport::Live live = report.live.value_or(WhyReport::Live());
  const bool there = report.live.has_value();
  json::Array history;
  for (const HistoryMention& mention : report.mentions) history.push_back(toJson(mention));
  return json::Object{
      {"asked", report.asked},
      {"backup", orNull(report.backup)},
      {"cluster", report.cluster},
      {"state", toString(report.state)},
      {"summary", report.summary},
      {"verdict", there ? json::Value(toString(live.verdict)) : json::Value()},
      {"verdictReason", orNull(live.verdict_reason)},
      {"decision", live.decision ? json::Value(toString(*live.decision)) : json::Value()},
      {"decisionReason", live.decision ? json::Value(job::inWords(*live.decision)) : json::Value()},
      {"counted", live.counted},
      {"place", numberOrNull(live.place)},
      {"maxSnapshots", numberOrNull(report.max_snapshots)},
      {"time", timeOrNull(live.time)},
      {"run", orNull(live.run)},
      {"snapshots", arrayOf(live.snapshots)},
      {"history", std::move(history)},
      {"recordedRuns", report.recorded_runs},
      {"recordedSince", timeOrNull(report.recorded_since)},
      {"warnings", arrayOf(report.warnings)}};
}

std::string toText(const WhyReport& report, timing::Instant now) {
  std::string text = line(report.summary + ".");
  if (report.live) text += liveText(report, now);
  text += mentionsText(report);
  for (const std::string& warning : report.warnings) text += line("Warning: " + warning);
  return text;
}

}  // namespace job
