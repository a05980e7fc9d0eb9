#pragma once

#include <string>
#include <vector>

#include "common/json/value.h"
#include "common/time/instant.h"
#include "job/failure.h"

namespace job {

/// What a restore drill found.
struct DrillReport {
  ExitCode exit_code = ExitCode::kDone;
  std::string cluster;  // the live one
  std::string backup;   // "" when none was chosen
  std::string drill;    // the throw-away Cluster
  /// What was compared: "system identifier", what the backup says, what the database says.
  struct Comparison {
    std::string what;
    std::string expected;
    std::string found;
    bool matches = false;
  };
  std::vector<Comparison> comparisons;
  timing::Duration duration{};
  timing::Duration answered_after{};  // from creation to PostgreSQL's answer; zero: it never did
  std::vector<std::string> left;      // what could not be removed
  std::vector<std::string> warnings;
  std::string reason;  // not empty when exit_code isn't 0
};

json::Value toJson(const DrillReport& report);
std::string toText(const DrillReport& report);

}  // namespace job
