#include "job/pass/preconditions.h"

#include <utility>

#include "job/model/names.h"

namespace job {
namespace {

/// One SelfSubjectRulesReview for all rights. Rights missing to back up are a failure.
Outcome<void> reviewRights(Session& session, const Configuration& configuration,
                           Preconditions& found) {
  json::Value review;
  review["apiVersion"] = selfSubjectRulesReviewType().apiVersion();
  review["kind"] = selfSubjectRulesReviewType().kind;
  review["spec"]["namespace"] = session.name_space;
  const auto answer = session.client.create({selfSubjectRulesReviewType(), "", ""}, review,
                                            k8s::Idempotency::kYes, session.context());
  if (!answer) {
    // Reviewing one's own rights is a courtesy; without it a missing one shows when it is used.
    session.log.debug("the rights could not be reviewed", {{"error", answer.error().describe()}});
    return {};
  }
  const bool patches_cluster =
      backupSectionPatch(*configuration.cluster, configuration.policy->snapshot_class).has_value();
  const auto missing =
      missingRights(*answer, rightsOfPass(configuration.group, session.cluster(),
                                          session.settings.system, patches_cluster));
  if (!missing) return {};
  std::string needed;
  for (const Right& right : *missing) {
    const std::string text = describe(right, session.name_space);
    if (right.needed == Right::Needed::kToBackUp) {
      needed += (needed.empty() ? "" : ", ") + text;
    } else {
      found.missing_to_finish.push_back(right);
      found.warnings.push_back("the right to " + text +
                               " is missing; the backup is made, but the pass will end incomplete");
    }
  }
  if (needed.empty()) return {};
  return tl::unexpected(Failure{ExitCode::kForbidden, "this account lacks the right to " + needed});
}

Outcome<void> checkClasses(Session& session, const Configuration& configuration,
                           Preconditions& found) {
  auto claims = readVolumeClaims(session);
  if (!claims) return tl::unexpected(claims.error());
  const std::string& class_of_cr = configuration.policy->snapshot_class;
  std::vector<SnapshotClass> classes;
  for (const auto& [name, purpose] : requiredClasses(*configuration.cluster, class_of_cr)) {
    auto snapshot_class = readSnapshotClass(session, name);
    if (!snapshot_class) return tl::unexpected(snapshot_class.error());
    if (*snapshot_class) {
      classes.push_back(**std::move(snapshot_class));
    } else {
      found.warnings.push_back("VolumeSnapshotClass " + name +
                               " was not checked: no right to get volumesnapshotclasses");
    }
  }
  for (const Finding& finding :
       judgeClasses(*configuration.cluster, class_of_cr, classes, claims->of_cluster)) {
    if (finding.kind != Finding::Kind::kWarn) {
      return tl::unexpected(Failure{ExitCode::kRefused, finding.message});
    }
    found.warnings.push_back(finding.message);
  }
  return {};
}

}  // namespace

Outcome<Preconditions> checkPreconditions(Session& session, const Configuration& configuration) {
  Preconditions found;
  if (!configuration.cluster) {
    return tl::unexpected(Failure{
        ExitCode::kRefused, "Cluster " + session.name_space + "/" + session.cluster() +
                                " does not exist in " + configuration.group +
                                ", so there is no database to back up; if it has another name, "
                                "give it with --cluster"});
  }
  if (auto rights = reviewRights(session, configuration, found); !rights) {
    return tl::unexpected(rights.error());
  }
  if (auto classes = checkClasses(session, configuration, found); !classes) {
    return tl::unexpected(classes.error());
  }
  return found;
}

}  // namespace job
