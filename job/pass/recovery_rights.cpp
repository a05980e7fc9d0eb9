#include "job/pass/recovery_rights.h"

#include "job/decide/rights.h"
#include "job/model/joined.h"
#include "job/pass/cluster_reader.h"
#include "job/pass/preconditions.h"

namespace job {

Outcome<std::string> rightsMissingToRecover(Session& session) {
  std::string group = session.settings.cnpg_api_group;
  if (group == "auto") {
    const auto served = servedCnpgGroups(session);
    if (!served) return tl::unexpected(served.error());
    group = served->front();
  }
  const auto missing = reviewRights(session, rightsToRecover({.cnpg_group = group,
                                                              .cluster = session.cluster(),
                                                              .system = session.settings.system,
                                                              .cron_job = ""}));
  if (!missing) {
    return tl::unexpected(Failure{ExitCode::kForbidden, "which rights are missing is not known"});
  }
  std::vector<std::string> texts;
  for (const Right& right : *missing) texts.push_back(describe(right, session.name_space));
  return joined(texts);
}

Failure withMissingRights(Session& session, Failure failure) {
  if (failure.code != ExitCode::kForbidden) return failure;
  const auto missing = rightsMissingToRecover(session);
  if (!missing || missing->empty()) return failure;
  failure.message += "; to recover, this account lacks the right to " + *missing +
                     " (the chart's value recovery.enabled)";
  return failure;
}

}  // namespace job
