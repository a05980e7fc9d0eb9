#include "job/pass/preconditions.h"

#include <utility>

#include "job/model/joined.h"
#include "job/model/names.h"

namespace job {

Finding absentCluster(const Session& session, const std::string& group) {
  return Finding::refuse("Cluster " + session.name_space + "/" + session.cluster() +
                             " does not exist in " + group + ", so there is no database to back up",
                         "if it has another name, give it with --cluster");
}

std::optional<json::Value> sectionPatch(const Session& session, const Configuration& configuration,
                                        const Cluster& cluster) {
  return backupSectionPatch(cluster, configuration.policy->snapshot_class,
                            isDeferred(session, configuration));
}

PassScope scopeOf(const Session& session, const Configuration& configuration) {
  const auto& cluster = configuration.cluster;
  return {
      .cnpg_group = configuration.group,
      .cluster = session.cluster(),
      .system = session.settings.system,
      .patches_cluster =
          cluster && configuration.policy && sectionPatch(session, configuration, *cluster),
      .suspends_schedules = !configuration.active_schedules.empty() &&
                            session.settings.operator_schedule == OperatorSchedulePolicy::kSuspend,
      .cron_job = ""};
}

std::optional<std::vector<Right>> reviewRights(Session& session, const std::vector<Right>& wanted) {
  json::Value review;
  review["apiVersion"] = selfSubjectRulesReviewType().apiVersion();
  review["kind"] = selfSubjectRulesReviewType().kind;
  review["spec"]["namespace"] = session.name_space;
  const auto answer = session.client.create({selfSubjectRulesReviewType(), "", ""}, review,
                                            k8s::Idempotency::kYes, session.context());
  if (!answer) {
    session.log.debug("the rights could not be reviewed", {{"error", answer.error().describe()}});
    return std::nullopt;
  }
  return missingRights(*answer, wanted);
}

Outcome<std::vector<Finding>> reviewClasses(Session& session, const Cluster& cluster,
                                            const std::string& class_of_cr) {
  auto claims = readVolumeClaims(session);
  if (!claims) return tl::unexpected(claims.error());
  std::vector<Finding> findings;
  std::vector<SnapshotClass> classes;
  for (const auto& [name, purpose] : requiredClasses(cluster, class_of_cr)) {
    auto snapshot_class = readSnapshotClass(session, name);
    if (!snapshot_class) return tl::unexpected(snapshot_class.error());
    if (*snapshot_class) {
      classes.push_back(**std::move(snapshot_class));
    } else {
      findings.push_back(Finding::warn("VolumeSnapshotClass " + name +
                                       " was not checked: no right to get volumesnapshotclasses"));
    }
  }
  for (Finding& finding : judgeClasses(cluster, class_of_cr, classes, claims->of_cluster)) {
    findings.push_back(std::move(finding));
  }
  return findings;
}

Outcome<Preconditions> checkPreconditions(Run& run, const Configuration& configuration) {
  Session& session = run.session;
  if (!configuration.cluster) {
    return tl::unexpected(
        Failure{ExitCode::kRefused, absentCluster(session, configuration.group).text()});
  }
  const Cluster& cluster = *configuration.cluster;
  const std::string& class_of_cr = configuration.policy->snapshot_class;
  Preconditions found;
  std::vector<std::string> needed;
  PassScope scope = scopeOf(session, configuration);
  scope.labels = run.request.wait;
  scope.prunes = run.request.wait && !isDeferred(session, configuration);
  const auto missing = reviewRights(session, rightsOfPass(scope));
  for (const Right& right : missing.value_or(std::vector<Right>())) {
    const std::string text = describe(right, session.name_space);
    if (right.needed == Right::Needed::kToBackUp) {
      needed.push_back(text);
      continue;
    }
    found.missing_to_finish.push_back(right);
    found.findings.push_back(
        Finding::warn("the right to " + text +
                      " is missing; the backup is made, but the pass will end incomplete"));
  }
  if (!needed.empty()) {
    return tl::unexpected(
        Failure{ExitCode::kForbidden, "this account lacks the right to " + joined(needed)});
  }
  auto classes = reviewClasses(session, cluster, class_of_cr);
  if (!classes) return tl::unexpected(classes.error());
  for (Finding& finding : *classes) found.findings.push_back(std::move(finding));
  return found;
}

}  // namespace job
