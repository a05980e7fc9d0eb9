#include "job/decide/drill_comparison.h"

namespace job {
namespace {

using Result = DrillComparison::Result;

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
  DrillComparison identifier{.what = "system identifier"};
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

}  // namespace job
