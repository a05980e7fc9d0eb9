#include "job/decide/drill_comparison.h"

#include <algorithm>

#include "job/model/joined.h"

namespace job {
namespace {

using Result = DrillComparison::Result;

constexpr const char* kIdentifier = "system identifier";

}  // namespace

std::string_view toString(DrillComparison::Result result) {
  switch (result) {
    case Result::kMatches:
      return "matches";
    case Result::kDiffers:
      return "differs";
    case Result::kUnknown:
      break;
  }
  return "unknown";
}

std::vector<DrillComparison> compareWithBackup(const std::optional<ControlData>& certificate,
                                               const std::string& system_id,
                                               const std::optional<ControlData>& restored) {
  DrillComparison identifier{.what = kIdentifier};
  if (certificate) identifier.expected = certificate->system_identifier;
  identifier.found = system_id.empty() && restored ? restored->system_identifier : system_id;
  if (!identifier.expected.empty() && !identifier.found.empty()) {
    identifier.result =
        identifier.expected == identifier.found ? Result::kMatches : Result::kDiffers;
  }

  DrillComparison checkpoint{.what = "latest checkpoint"};
  const auto& before = certificate ? certificate->checkpoint : std::nullopt;
  const auto& after = restored ? restored->checkpoint : std::nullopt;
  if (before) checkpoint.expected = describe(*before);
  if (after) checkpoint.found = describe(*after);
  if (before && after) {
    checkpoint.result = *after < *before ? Result::kDiffers : Result::kMatches;
  }
  return {identifier, checkpoint};
}

std::string whyNotVerified(const std::vector<DrillComparison>& comparisons,
                           const std::string& backup) {
  std::vector<std::string> differences;
  for (const DrillComparison& each : comparisons) {
    if (each.result != Result::kDiffers) continue;
    differences.push_back(each.what + " differs: the backup says " + each.expected +
                          ", the restored database " + each.found);
  }
  if (!differences.empty()) return joined(differences, "; ");
  const bool same = std::ranges::any_of(comparisons, [](const DrillComparison& each) {
    return each.what == kIdentifier && each.result == Result::kMatches;
  });
  if (same) return "";
  return "PostgreSQL answered, but its " + std::string(kIdentifier) +
         " could not be compared with backup " + backup + "'s, so it is not verified";
}

}  // namespace job
