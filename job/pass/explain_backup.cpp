#include "job/pass/explain_backup.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/time/rfc3339.h"
#include "job/cli/quoted.h"
#include "job/model/names.h"
#include "job/pass/catalogue.h"
#include "job/pass/configuration.h"
#include "job/pass/prune.h"
#include "job/pass/read_history.h"

namespace job {
namespace {

using State = WhyReport::State;

/// What is there now, as far as it could be read.
struct Live {
  std::optional<Catalogue> catalogue;
  std::optional<PrunePlan> plan;
  std::string no_plan;             // why passes prune nothing, or why that is not known
  std::optional<Failure> failure;  // why there is no catalogue
};

/// Everything that passes decide by; without the CR or with a wrong one, the backups at least.
Live readLive(Session& session) {
  Live live;
  auto configuration = readConfiguration(session);
  std::string group;
  std::optional<Cluster> cluster;
  if (configuration && configuration->policy) {
    group = configuration->group;
    cluster = configuration->cluster;
  } else {
    live.no_plan = configuration
                       ? "nothing is pruned, as " + configuration->nothing_to_do
                       : "what passes do with it is not known: " + configuration.error().message;
    auto finding = findCluster(session);
    if (!finding) {
      live.failure = configuration ? finding.error() : configuration.error();
      return live;
    }
    group = finding->group;
    cluster = std::move(finding->cluster);
  }
  auto catalogue = readCatalogue(session, group, cluster);
  if (!catalogue) {
    live.failure = catalogue.error();
    return live;
  }
  live.catalogue = *std::move(catalogue);
  if (!live.no_plan.empty()) return live;
  if (isDeferred(session, *configuration)) {
    live.no_plan = "passes prune nothing, as ScheduledBackup " +
                   namesOf(configuration->active_schedules) + " schedules the backups";
    return live;
  }
  auto plan = planPruneInFull(session, *configuration, *live.catalogue);
  if (plan) {
    live.plan = *std::move(plan);
  } else {
    live.no_plan = "what passes do with it is not known: " + plan.error().message;
  }
  return live;
}

/// By its own name, or as whose snapshot.
std::optional<JudgedGroup> findBackup(const Catalogue& catalogue, const std::string& name) {
  if (auto judged = catalogue.find(name)) return judged;
  for (const JudgedGroup& judged : catalogue.groups) {
    if (std::ranges::find(judged.group.members, name, &VolumeSnapshot::name) !=
        judged.group.members.end()) {
      return judged;
    }
  }
  return std::nullopt;
}

bool isCounted(const JudgedGroup& judged, const RetentionDecision& decision) {
  return isGood(judged.judgement.verdict) &&
         (decision.reason == RetentionReason::kWithinMaxSnapshots ||
          decision.reason == RetentionReason::kNoLimit);
}

/// 1 for the newest of those that count.
std::int64_t placeOf(const Catalogue& catalogue, const PrunePlan& plan, const JudgedGroup& wanted) {
  std::int64_t place = 1;
  const auto key = [](const JudgedGroup& judged) {
    return std::pair(judged.group.endTime().instant(), judged.group.name);
  };
  for (std::size_t i = 0; i < catalogue.groups.size(); ++i) {
    const JudgedGroup judged = catalogue.groups[i];
    if (isCounted(judged, plan.decisions[i]) && key(judged) > key(wanted)) ++place;
  }
  return place;
}

void describeLive(const Live& live, const JudgedGroup& judged, WhyReport& report) {
  const BackupGroup& group = judged.group;
  const Verdict verdict = judged.judgement.verdict;
  WhyReport::Live shown{.verdict = verdict,
                        .verdict_reason = judged.judgement.reason,
                        .decision = std::nullopt,
                        .counted = false,
                        .place = std::nullopt,
                        .time = (isGood(verdict) ? group.endTime() : group.beginTime()).instant(),
                        .run = group.backup ? group.backup->run : "",
                        .snapshots = {}};
  for (const VolumeSnapshot& member : group.members) {
    shown.snapshots.push_back(member.name);
    if (shown.run.empty()) shown.run = member.run;
  }
  report.backup = group.name;
  report.state = State::kUndecided;
  report.summary = "Backup " + group.name + " is there; " + live.no_plan;
  if (live.plan) {
    const auto decision =
        std::ranges::find(live.plan->decisions, group.name, &RetentionDecision::name);
    if (decision != live.plan->decisions.end()) {
      const std::string why = std::string(inWords(decision->reason)) + " (" +
                              std::string(toString(decision->reason)) + ")";
      report.state = decision->remove ? State::kToGo : State::kKept;
      report.summary =
          "Backup " + group.name +
          (decision->remove ? " is deleted by the next pass that prunes: " : " is kept: ") + why;
      if (decision->reason == RetentionReason::kTerminating)
        report.summary = "Backup " + group.name + " is being deleted";
      shown.decision = decision->reason;
      shown.counted = isCounted(judged, *decision);
      if (shown.counted) shown.place = placeOf(*live.catalogue, *live.plan, judged);
      report.max_snapshots = live.plan->max_snapshots;
    }
  }
  report.live = std::move(shown);
}

/// Of an object of that name that is none of this Cluster's backups; "" when there is none.
std::string whyNoBackup(Session& session, const Catalogue& catalogue, const std::string& name) {
  const std::string neither = ", so it is neither counted nor pruned here";
  for (const Backup& backup : catalogue.groups.listedBackups()) {
    if (backup.name != name) continue;
    if (backup.cluster != session.cluster()) {
      return "Backup " + name + " is of Cluster " + backup.cluster + neither;
    }
    return "Backup " + name + " is no volume snapshot but by " + backup.method + neither;
  }
  const auto object =
      session.client.get(session.object(volumeSnapshotType(), name), session.context());
  if (!object) return "";
  const auto snapshot = readVolumeSnapshot(*object);
  if (!snapshot) return "VolumeSnapshot " + name + " can't be read" + neither;
  if (snapshot->cluster.empty() || snapshot->backup_name.empty()) {
    return "VolumeSnapshot " + name + " lacks CloudNativePG's labels " +
           std::string(kClusterLabel) + " and " + std::string(kBackupNameLabel) + neither;
  }
  return "VolumeSnapshot " + name + " is of Cluster " + snapshot->cluster + neither;
}

Failure unknown(const WhyReport& report, const Live& live,
                const std::optional<Failure>& no_history) {
  const std::string none = "there is no backup " + report.asked + " of Cluster " + report.cluster;
  if (live.failure) return {live.failure->code, none + " in the history; " + live.failure->message};
  if (no_history) return {no_history->code, none + " now; " + no_history->message};
  const std::string see = "; db-backup-status shows the backups there are";
  return {ExitCode::kConfiguration, escaped(none + ", and no run names it " +
                                            recordedWindow(report) + see + ", `history` the runs")};
}

/// What the history can't tell though it was read.
void warnOfGaps(const History& history, bool of_a_live_one, WhyReport& report) {
  for (const History::Unreadable& each : history.unreadable) {
    report.warnings.push_back("a run of the history can't be read, key " + each.key + ": " +
                              each.problem);
  }
  if (of_a_live_one) return;
  for (const History::Run& run : history.runs) {
    if (run.entry.deleted_left_out == 0) continue;
    report.warnings.push_back(std::to_string(run.entry.deleted_left_out) + " deletions of run " +
                              run.entry.run_id + ", ended " + timing::formatRfc3339(run.entry.at) +
                              ", are not recorded by name");
  }
}

}  // namespace

Outcome<WhyReport> explainBackup(Session& session) {
  WhyReport report;
  report.asked = session.settings.backup_name;
  report.cluster = session.name_space + "/" + session.cluster();
  const Live live = readLive(session);
  const auto found = findHistory(session);
  const History history = found ? found->value_or(History()) : History();
  report.recorded_runs = std::ssize(history.runs) + std::ssize(history.unreadable);
  report.recorded_since = history.since();

  const auto judged = live.catalogue ? findBackup(*live.catalogue, report.asked) : std::nullopt;
  if (judged) {
    describeLive(live, *judged, report);
  } else {
    report.backup = report.asked;
    report.mentions = mentionsOf(history, report.backup);
    if (report.mentions.empty()) report.backup = backupOfSnapshot(history, report.asked);
  }
  if (!report.backup.empty()) report.mentions = mentionsOf(history, report.backup);
  if (!judged && report.mentions.empty()) {
    report.backup.clear();
    report.state = State::kNoBackup;
    if (live.catalogue) report.summary = whyNoBackup(session, *live.catalogue, report.asked);
    if (report.summary.empty()) {
      return tl::unexpected(
          unknown(report, live, found ? std::nullopt : std::optional(found.error())));
    }
  } else if (!judged) {
    report.summary = live.failure ? "Whether backup " + report.backup + " is there is not known"
                                  : summaryOfGone(report);
    if (live.failure) report.state = State::kUndecided;
  }
  if (live.catalogue) report.warnings = live.catalogue->warnings;
  if (live.failure) report.warnings.push_back(live.failure->message);
  if (!found) report.warnings.push_back(found.error().message);
  warnOfGaps(history, judged.has_value(), report);
  return report;
}

}  // namespace job
