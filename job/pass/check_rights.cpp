#include "job/pass/check_steps.h"

#include "common/k8s/access_review.h"
#include "job/decide/rights.h"
#include "job/pass/preconditions.h"

namespace job {
namespace {

/// A rule as a Role has it.
std::string ruleFor(const Right& right) {
  return "add to the account's Role: {apiGroups: [\"" + right.group + "\"], resources: [\"" +
         right.resource + "\"], verbs: [\"" + right.verb + "\"]}";
}

CheckLine lineOfMissing(const Right& right, const std::string& name_space) {
  const std::string name = "rights";
  const std::string lacks = "this account lacks the right to " + describe(right, name_space);
  switch (right.needed) {
    case Right::Needed::kToBackUp:
      return CheckLine::fail(name, ExitCode::kForbidden, lacks, ruleFor(right));
    case Right::Needed::kToFinish:
      return CheckLine::fail(name, ExitCode::kIncomplete,
                             lacks + "; the backup is made, but a pass ends incomplete",
                             ruleFor(right));
    case Right::Needed::kToRecover:
      return CheckLine::warn(
          name, lacks + ", without which recover and sync can't bring the database back",
          ruleFor(right));
    case Right::Needed::kToRecord:
      return CheckLine::warn(name,
                             lacks +
                                 ", without which `history` and `why` know nothing of the runs; "
                                 "--history-limit 0 does without",
                             ruleFor(right));
    case Right::Needed::kToSync:
      break;
  }
  return CheckLine::warn(name, lacks + ", without which sync fails", ruleFor(right));
}

/// Where the review of all rights is incomplete, as with an authorizer that can't list its rules:
/// one question a right. Empty when the answers are no better.
std::optional<std::vector<Right>> reviewOneByOne(Session& session,
                                                 const std::vector<Right>& rights) {
  std::vector<Right> missing;
  for (const Right& right : rights) {
    const auto slash = right.resource.find('/');
    const auto answer = k8s::reviewAccess(
        session.client,
        {.verb = right.verb,
         .group = right.group,
         .resource = right.resource.substr(0, slash),
         .subresource = slash == std::string::npos ? "" : right.resource.substr(slash + 1),
         .name_space = session.name_space,
         .name = right.name},
        session.context());
    if (!answer) {
      session.log.debug("a right could not be reviewed", {{"error", answer.error().describe()}});
      return std::nullopt;
    }
    if (answer->allowed) continue;
    if (!answer->evaluation_error.empty()) return std::nullopt;
    missing.push_back(right);
  }
  return missing;
}

}  // namespace

CheckLines checkRights(Session& session, Seen& seen) {
  const std::string name = "rights";
  if (!seen.found_group) return {};
  PassScope scope = scopeOf(session, seen.configuration);
  scope.cron_job = session.settings.cron_job;
  std::vector<Right> wanted = rightsOfPass(scope);
  if (seen.configuration.system.recovery_snapshot) {
    for (Right& right : rightsToRecover(scope)) wanted.push_back(std::move(right));
  }
  if (session.settings.history_limit > 0) {
    for (Right& right : rightsToRecord()) wanted.push_back(std::move(right));
  }
  auto missing = reviewRights(session, wanted);
  if (!missing) missing = reviewOneByOne(session, wanted);
  if (!missing) {
    return {CheckLine::warn(name, "could not be reviewed; a missing one shows when it is used")};
  }
  CheckLines lines;
  for (const Right& right : *missing) {
    lines.push_back(lineOfMissing(right, session.name_space));
  }
  if (lines.empty()) lines.push_back(CheckLine::ok(name, "all that a pass uses are there"));
  return lines;
}

}  // namespace job
