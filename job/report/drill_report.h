#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/json/value.h"
#include "common/time/instant.h"
#include "job/decide/drill_comparison.h"
#include "job/failure.h"
#include "job/report/termination_message.h"

namespace job {

/// What a restore drill found.
struct DrillReport {
  ExitCode exit_code = ExitCode::kDone;
  bool dry_run = false;
  std::string cluster;                             // the live one
  std::string backup;                              // "" when none was chosen
  std::string drill;                               // the throw-away Cluster
  std::vector<DrillComparison> comparisons;        // none before PostgreSQL answered
  std::optional<timing::Duration> answered_after;  // from creation to PostgreSQL's answer
  timing::Duration duration{};                     // of the whole drill, removal included
  std::optional<timing::Duration> removed_after;   // removal alone; empty: nothing was made
  std::vector<std::string> left;                   // "Cluster x": what could not be removed
  std::vector<std::string> warnings;
  std::string reason;  // not empty when exit_code isn't 0

  /// PostgreSQL answered with the backup's system identifier, and nothing differs.
  bool verified() const;
  /// A Cluster was made of the backup, and it is known whether that is good.
  bool cameToAVerdict() const;
};

/// The report, keys in the documented order.
json::Value toJson(const DrillReport& report);
/// For people, a few lines.
std::string toText(const DrillReport& report);
/// The report in at most `limit` bytes, cut as cutToFit says.
std::string terminationMessage(const DrillReport& report,
                               std::size_t limit = kTerminationMessageLimit);

}  // namespace job
