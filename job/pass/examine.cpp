#include "job/pass/examine.h"

#include <utility>

#include "job/model/names.h"

namespace job {
namespace {

/// One SelfSubjectRulesReview for all rights. Rights missing to back up are a failure.
Outcome<void> reviewRights(Session& session, Examination& examination) {
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
  const auto missing =
      missingRights(*answer, rightsOfPass(examination.group, session.cluster(), session.settings.system));
  if (!missing) return {};
  std::string needed;
  for (const Right& right : *missing) {
    if (right.needed == Right::Needed::kToBackUp) {
      needed += (needed.empty() ? "" : ", ") + describe(right, session.name_space);
    } else {
      examination.missing_to_finish.push_back(right);
      examination.warnings.push_back("the right to " + describe(right, session.name_space) +
                                     " is missing; the backup is made, but the pass will end incomplete");
    }
  }
  if (needed.empty()) return {};
  return tl::unexpected(Failure{ExitCode::kForbidden, "this account lacks the right to " + needed});
}

Outcome<void> examineClasses(Session& session, Examination& examination) {
  const Cluster& cluster = *examination.cluster;
  const std::string& class_of_cr = examination.policy->snapshot_class;
  std::vector<SnapshotClass> classes;
  for (const auto& [name, purpose] : requiredClasses(cluster, class_of_cr)) {
    auto found = readSnapshotClass(session, name);
    if (!found) return tl::unexpected(found.error());
    if (!*found) {
      examination.warnings.push_back("VolumeSnapshotClass " + name +
                                     " was not checked: no right to get volumesnapshotclasses");
      continue;
    }
    classes.push_back(**std::move(found));
  }
  for (const Finding& finding :
       judgeClasses(cluster, class_of_cr, classes, examination.claims.of_cluster)) {
    if (finding.kind == Finding::Kind::kWarn) {
      examination.warnings.push_back(finding.message);
    } else {
      return tl::unexpected(Failure{ExitCode::kRefused, finding.message});
    }
  }
  return {};
}

}  // namespace

Outcome<Examination> examine(Session& session) {
  Examination examination;
  auto system = readSystem(session);
  if (!system) return tl::unexpected(system.error());
  examination.system = *std::move(system);

  if (examination.system.external_postgres) {
    examination.nothing_to_do =
        "the database is an external PostgreSQL (spec.externalPgSecret), which is not ours to back up";
    return examination;
  }
  auto policy = decidePolicy(examination.system, session.settings.overrides);
  if (!policy) return tl::unexpected(Failure{ExitCode::kConfiguration, policy.error()});
  if (!*policy) {
    examination.nothing_to_do = "NooBaa " + session.name_space + "/" + session.settings.system +
                                " has no .spec.dbSpec.dbBackup, so nothing is backed up or deleted";
    return examination;
  }
  examination.policy = **std::move(policy);

  auto finding = findCluster(session);
  if (!finding) return tl::unexpected(finding.error());
  examination.group = finding->group;
  examination.cluster = std::move(finding->cluster);

  if (auto rights = reviewRights(session, examination); !rights) return tl::unexpected(rights.error());

  auto schedules = listScheduledBackups(session, examination.group);
  if (!schedules) return tl::unexpected(schedules.error());
  examination.active_schedules = activeSchedules(*schedules, session.cluster());

  if (!examination.cluster) {
    return tl::unexpected(Failure{ExitCode::kRefused,
                                  "Cluster " + session.name_space + "/" + session.cluster() +
                                      " does not exist in " + examination.group +
                                      ", so there is no database to back up; if it has another name, "
                                      "give it with --cluster"});
  }
  auto claims = readVolumeClaims(session);
  if (!claims) return tl::unexpected(claims.error());
  examination.claims = *std::move(claims);
  if (auto classes = examineClasses(session, examination); !classes) {
    return tl::unexpected(classes.error());
  }
  return examination;
}

}  // namespace job
