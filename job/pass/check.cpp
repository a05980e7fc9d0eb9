#include "job/pass/check.h"

#include <algorithm>
#include <array>
#include <utility>

#include "job/pass/check_steps.h"

namespace job {
namespace {

constexpr std::array<Check, 11> kChecks = {checkApi,      checkSystem,         checkCluster,
                                           checkRecovery, checkOtherSchedules, checkBackupsInFlight,
                                           checkRights,   checkClasses,        checkQuota,
                                           checkFitness,  checkBackups};

bool wasInterrupted(const CheckLines& lines) {
  return std::any_of(lines.begin(), lines.end(), [](const CheckLine& line) {
    return line.level == CheckLine::Level::kFail && line.code == ExitCode::kInterrupted;
  });
}

}  // namespace

CheckLine lineOf(const std::string& name, const Finding& finding, bool passes_by_itself) {
  const bool warns = finding.kind == Finding::Kind::kWarn ||
                     (finding.kind == Finding::Kind::kWait && passes_by_itself);
  if (warns) return CheckLine::warn(name, finding.message, finding.fix);
  CheckLine line = CheckLine::fail(name, ExitCode::kRefused, finding.message, finding.fix);
  line.may_pass = finding.kind == Finding::Kind::kWait;
  return line;
}

CheckLines check(Session& session) {
  CheckLines lines;
  Seen seen;
  for (const Check each : kChecks) {
    for (CheckLine& line : each(session, seen)) lines.push_back(std::move(line));
    if (seen.over || wasInterrupted(lines)) break;
  }
  return lines;
}

}  // namespace job
