#include "job/pass/plan_drill.h"

#include <utility>

#include "common/k8s/access_review.h"
#include "job/decide/cluster_group.h"
#include "job/decide/drill.h"
#include "job/decide/drill_demand.h"
#include "job/decide/quota.h"
#include "job/decide/recovered_cluster.h"
#include "job/model/joined.h"
#include "job/model/names.h"
#include "job/pass/catalogue.h"
#include "job/pass/recovery_reader.h"

namespace job {
namespace {

Failure failureFrom(const NothingToRestore& nothing) {
  switch (nothing.why) {
    case NothingToRestore::Why::kUnknown:
      return {ExitCode::kConfiguration, nothing.words + "; db-backup-status shows those there are"};
    case NothingToRestore::Why::kNotNow:
      return {ExitCode::kRefused, nothing.words};
    case NothingToRestore::Why::kNotGood:
      break;
  }
  return {ExitCode::kBackupFailed, nothing.words};
}

Outcome<void> choose(Session& session, const ClusterFinding& finding, DrillPlan& plan) {
  const auto catalogue = readCatalogue(session, finding.group, finding.cluster);
  if (!catalogue) return tl::unexpected(catalogue.error());
  plan.warnings = catalogue->warnings;
  const auto chosen =
      chooseForDrill(catalogue->groups, session.settings.backup_name, session.clock.now());
  if (!chosen) return tl::unexpected(failureFrom(chosen.error()));
  const BackupGroup& group = chosen->group;
  plan.backup = group.name;
  plan.data = group.data()->name;
  plan.certificate = group.data()->control_data;
  return {};
}

Outcome<void> build(Session& session, const ClusterFinding& finding, const std::string& name,
                    DrillPlan& plan) {
  const RecoveryDemands demands{
      .name_space = session.name_space, .cluster = session.cluster(), .major = std::nullopt};
  const auto source = findSource(session, finding.all_groups, plan.data, demands);
  if (!source) return tl::unexpected(source.error());
  if (!*source) {
    return tl::unexpected(
        Failure{ExitCode::kBackupFailed,
                "backup " + plan.backup + " can't be restored: " + source->error()});
  }
  plan.group = finding.group;
  if (!finding.cluster) {
    const auto group =
        groupOfNewCluster(session.settings.cnpg_api_group, finding.all_groups, (*source)->manifest);
    if (!group) return tl::unexpected(Failure{ExitCode::kConfiguration, group.error()});
    plan.group = *group;
  }
  RecoveredCluster recovered = recoveredCluster(
      **source, {.group = plan.group,
                 .name_space = session.name_space,
                 .name = name,
                 .owner = {},
                 .labels = {{std::string(kManagedByLabel), std::string(kProgramName)}},
                 .annotations = {},
                 .least_data_sizes = {},
                 .is_throw_away = true});
  plan.cluster = std::move(recovered.object);
  markDrill(plan.cluster, {.live = session.cluster(), .holder = session.holder});
  // What a throw-away leaves out of the manifest is nobody's loss: recovered.warnings.
  plan.warnings.insert(plan.warnings.end(), (*source)->warnings.begin(), (*source)->warnings.end());
  return {};
}

/// What can't be removed must not be made.
Outcome<void> mayBeRemoved(Session& session, const DrillPlan& plan, const std::string& name) {
  const k8s::AccessQuestion question{.verb = "delete",
                                     .group = plan.group,
                                     .resource = "clusters",
                                     .subresource = "",
                                     .name_space = session.name_space,
                                     .name = name};
  const auto answer = k8s::reviewAccess(session.client, question, session.context());
  // No answer is no refusal: the delete itself would tell.
  if (!answer || answer->allowed) return {};
  return tl::unexpected(
      Failure{ExitCode::kForbidden, "forbidden: may not delete clusters." + plan.group +
                                        " in namespace " + session.name_space +
                                        ", so no drill was begun whose Cluster would stay: grant "
                                        "verb delete on resource clusters of API group \"" +
                                        plan.group + "\" to this identity"});
}

Outcome<void> fitsIntoQuotas(Session& session, DrillPlan& plan) {
  const auto quotas =
      session.client.list(session.collection(resourceQuotaType()), {}, session.context());
  if (!quotas && quotas.error().isForbidden()) {
    plan.warnings.push_back(
        "whether a ResourceQuota has room was not checked: no right to list "
        "resourcequotas");
    return {};
  }
  if (!quotas) return tl::unexpected(failureOf(quotas.error(), "list resourcequotas"));
  const std::vector<std::string> exceeded = exceededQuotas(quotas->items, demandOf(plan.cluster));
  if (exceeded.empty()) return {};
  return tl::unexpected(
      Failure{ExitCode::kRefused,
              "no room for a restored instance beside the live ones: " + joined(exceeded, "; ")});
}

/// With reclaimPolicy Retain the volumes outlive their claims. Without the right to look: unknown.
void lookAtReclaimPolicy(Session& session, DrillPlan& plan) {
  for (const std::string& name : storageClassesOf(plan.cluster)) {
    const auto object = session.client.get({storageClassType(), "", name}, session.context());
    if (!object) continue;
    json::Decoder decoder(*object);
    if (decoder.root()["reclaimPolicy"].stringOr("") != "Retain") continue;
    plan.volumes_stay = true;
    plan.warnings.push_back("StorageClass " + name +
                            " has reclaimPolicy Retain: the PersistentVolumes of a drill stay, and "
                            "have to be deleted by hand");
  }
}

}  // namespace

Outcome<DrillPlan> planDrill(Session& session, const ClusterFinding& finding,
                             const std::string& name, std::string& backup) {
  DrillPlan plan;
  if (auto chosen = choose(session, finding, plan); !chosen) return tl::unexpected(chosen.error());
  backup = plan.backup;
  if (auto built = build(session, finding, name, plan); !built)
    return tl::unexpected(built.error());
  if (auto may = mayBeRemoved(session, plan, name); !may) return tl::unexpected(may.error());
  const auto image = imageProblem(session, plan.group, plan.cluster, plan.warnings);
  if (!image) return tl::unexpected(image.error());
  if (!image->empty()) return tl::unexpected(Failure{ExitCode::kRefused, *image});
  if (auto fits = fitsIntoQuotas(session, plan); !fits) return tl::unexpected(fits.error());
  lookAtReclaimPolicy(session, plan);
  return plan;
}

}  // namespace job
