#include "job/pass/recovery_look.h"

#include <utility>

#include "job/decide/cluster_group.h"
#include "job/decide/kubectl.h"
#include "job/decide/recovered_cluster.h"
#include "job/decide/recovery_need.h"
#include "job/decide/recovery_status.h"
#include "job/model/database_spec.h"
#include "job/model/names.h"
#include "job/model/object_meta.h"
#include "job/pass/cluster_reader.h"
#include "job/pass/recovery_reader.h"

namespace job {
namespace {

using State = RecoveryLook::State;

void append(std::vector<std::string>& all, const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// What a look is made of as it goes on.
struct Looking {
  Session& session;
  DatabaseSpec database;
  RecoveryLook look;

  RecoveryLook&& is(State state, std::string words) {
    look.state = state;
    look.words = std::move(words);
    return std::move(look);
  }
  std::string cluster() const { return "Cluster " + session.name_space + "/" + session.cluster(); }
};

Outcome<Looking> readCr(Session& session) {
  const auto object = readSystemObject(session);
  if (!object) return tl::unexpected(object.error());
  auto system = readNooBaaSystem(*object);
  auto database = readDatabaseSpec(*object);
  if (!system || !database) {
    const json::Error& error = system ? database.error() : system.error();
    return tl::unexpected(Failure{ExitCode::kConfiguration,
                                  "NooBaa " + session.name_space + "/" + session.settings.system +
                                      " can't be read: " + error.message()});
  }
  Looking looking{session, *std::move(database), {}};
  looking.look.system = *std::move(system);
  return looking;
}

/// The backup to come back from, noted in the look; the inner error says why it can't be.
Outcome<ChosenSource> chooseBackup(Looking& looking, const std::vector<std::string>& groups) {
  Session& session = looking.session;
  RecoveryLook& look = looking.look;
  auto source = findSource(session, groups, look.snapshot,
                           {.name_space = session.name_space,
                            .cluster = session.cluster(),
                            .major = looking.database.wantedMajor()});
  if (!source || !*source) return source;
  const RecoverySource& found = **source;
  look.backup = found.backup;
  look.snapshots = {found.data};
  if (!found.wal.empty()) look.snapshots.push_back(found.wal);
  for (const auto& [tablespace, snapshot] : found.tablespaces) look.snapshots.push_back(snapshot);
  append(look.warnings, found.warnings);
  return source;
}

/// The operator looks at no snapshot before it waits for it, with the service down.
Outcome<RecoveryLook> lookForOperator(Looking looking, const std::vector<std::string>& groups,
                                      bool is_there) {
  std::string words = "noobaa-operator is at work and recovers by itself, so this pass only looked";
  if (is_there) {
    words += ": " + looking.cluster() + " is coming up from " + looking.look.snapshot;
  } else {
    const auto source = chooseBackup(looking, groups);
    if (!source) return tl::unexpected(source.error());
    if (*source) {
      words += ": " + looking.look.snapshot + " is fit to recover from";
    } else {
      looking.look.warnings.push_back("the recovery can't succeed: " + source->error());
      words += ", and found that the recovery can't succeed: " + source->error();
    }
  }
  return looking.is(State::kDeferred,
                    words +
                        "; scale Deployment noobaa-operator to 0, or give --operator-recovery "
                        "ignore, to have it done here");
}

/// The Cluster to create; the inner error says why there can't be one.
Outcome<tl::expected<json::Value, std::string>> composeCluster(Looking& looking,
                                                               const RecoverySource& source) {
  Session& session = looking.session;
  const auto served = servedCnpgGroups(session);
  if (!served) return tl::unexpected(served.error());
  const auto group = groupOfNewCluster(session.settings.cnpg_api_group, *served, source.manifest);
  if (!group) return tl::unexpected(Failure{ExitCode::kConfiguration, group.error()});
  looking.look.group = *group;
  RecoveredCluster made =
      recoveredCluster(source, {.group = *group,
                                .name_space = session.name_space,
                                .name = session.cluster(),
                                .owner = ownerReferenceTo(looking.look.system),
                                .least_data_sizes = {looking.database.min_volume_size,
                                                     looking.database.actual_volume_size}});
  append(looking.look.warnings, made.warnings);
  const auto problem = imageProblem(session, *group, made.object, looking.look.warnings);
  if (!problem) return tl::unexpected(problem.error());
  if (!problem->empty()) return tl::expected<json::Value, std::string>(tl::unexpect, *problem);
  return std::move(made.object);
}

/// How to keep an object from being deleted along with the Cluster; "" where it is not owned by it.
std::string wayToDetach(const k8s::ObjectRef& ref, const json::Value& object,
                        const std::string& cluster_uid) {
  json::Decoder decoder(object);
  for (const json::View& owner : decoder.root()["metadata"]["ownerReferences"].elements()) {
    if (owner["uid"].stringOr("") != cluster_uid) continue;
    return ref.type.kind + " " + ref.name + " is owned by the Cluster and would be deleted with " +
           "it; take that away first: " + kubectl(ref.name_space, "patch", ref.type, ref.name) +
           " --type=merge -p '{\"metadata\":{\"ownerReferences\":null}}'";
  }
  return "";
}

/// Why deleting the Cluster would delete the backup too; "" when it would not. A snapshot may
/// belong to the Cluster or to its Backup, and that to the Cluster.
Outcome<std::string> whyBackupWouldGo(Looking& looking, const Cluster& cluster) {
  Session& session = looking.session;
  std::vector<k8s::ObjectRef> parts;
  for (const std::string& snapshot : looking.look.snapshots) {
    parts.push_back(session.object(volumeSnapshotType(), snapshot));
  }
  if (!looking.look.backup.empty()) {
    parts.push_back(session.object(backupType(cluster.group), looking.look.backup));
  }
  for (const k8s::ObjectRef& part : parts) {
    const auto object = session.client.get(part, session.context());
    if (!object && object.error().isNotFound()) continue;
    if (!object) {
      return tl::unexpected(failureOf(object.error(), "read " + part.type.kind + " " + part.name));
    }
    std::string way = wayToDetach(part, *object, cluster.uid);
    if (!way.empty()) return way;
  }
  return std::string();
}

/// What stands in the way of the one step that nobody can take back: to delete the Cluster there
/// is. The command is given only when the database can come back after it.
Outcome<std::string> wayToDelete(Looking& looking, const ClusterFinding& finding) {
  const std::string& wish = looking.look.snapshot;
  const std::string not_yet = "don't delete it: ";
  const auto source = chooseBackup(looking, finding.all_groups);
  if (!source) return tl::unexpected(source.error());
  if (!*source) return not_yet + "there is no way back to " + wish + ": " + source->error();
  const auto composed = composeCluster(looking, **source);
  if (!composed) return tl::unexpected(composed.error());
  if (!*composed) return not_yet + "there is no way back to " + wish + ": " + composed->error();
  const auto owned = whyBackupWouldGo(looking, *finding.cluster);
  if (!owned) return tl::unexpected(owned.error());
  if (!owned->empty()) return not_yet + *owned;
  return wish + " is fit: to go back to it, delete the Cluster first, with all that was written " +
         "since: " + kubectl("delete", *finding.cluster);
}

/// Nothing is recovered, and why.
Outcome<RecoveryLook> lookAside(Looking looking, const ClusterFinding& finding,
                                const RecoveryNeed& need) {
  RecoveryLook& look = looking.look;
  std::string words = need.why_not;
  if (need.in_the_way) {
    auto way = wayToDelete(looking, finding);
    if (!way) return tl::unexpected(way.error());
    words += "; " + *way;
  }
  look.over = need.over;
  // An operator's Pending is its own.
  if (look.status() &&
      looking.session.settings.operator_recovery == OperatorRecoveryPolicy::kDefer) {
    const auto ready = isOperatorReady(looking.session);
    if (!ready) return tl::unexpected(ready.error());
    look.over = !*ready;
  }
  return looking.is(State::kNothingToDo, words);
}

Outcome<RecoveryLook> lookBefore(Looking looking, const ClusterFinding& finding) {
  Session& session = looking.session;
  const auto source = chooseBackup(looking, finding.all_groups);
  if (!source) return tl::unexpected(source.error());
  if (!*source) return looking.is(State::kUnfit, source->error());
  auto composed = composeCluster(looking, **source);
  if (!composed) return tl::unexpected(composed.error());
  if (!*composed) return looking.is(State::kUnfit, composed->error());

  if (finding.cluster) return looking.is(State::kGoing, looking.cluster() + " is being deleted");
  const auto leftovers = readLeftovers(session, session.cluster());
  if (!leftovers) return tl::unexpected(leftovers.error());
  switch (leftovers->state) {
    case Leftovers::State::kOrphaned:
      return looking.is(State::kOrphaned, leftovers->words);
    case Leftovers::State::kGoing:
      return looking.is(State::kGoing, leftovers->words);
    case Leftovers::State::kGone:
      break;
  }
  looking.look.cluster = **std::move(composed);
  return looking.is(State::kReady, "nothing is left of the old Cluster, and " +
                                       looking.look.snapshot + " is fit to recover from");
}

std::string textOf(const json::Value& object, std::string_view key) {
  json::Decoder decoder(object);
  return decoder.root()["metadata"][key].stringOr("");
}

/// "; dbRecovery names x meanwhile", where it no longer names what the Cluster comes from.
std::string wishMeanwhile(const RecoveryLook& look) {
  const auto& wish = look.system.recovery_snapshot;
  if (!wish || *wish == look.snapshot) return "";
  return "; dbRecovery names " + *wish +
         " meanwhile, which is recovered from once the Cluster of " + look.snapshot + " is deleted";
}

Outcome<RecoveryLook> lookAfter(Looking looking, const ClusterFinding& finding) {
  Session& session = looking.session;
  RecoveryLook& look = looking.look;
  auto object = readClusterObject(session, finding.group, session.cluster());
  if (!object) return tl::unexpected(object.error());
  if (!*object || textOf(**object, "uid") != finding.cluster->uid) {
    return looking.is(State::kGoing, looking.cluster() + " was deleted while it came up");
  }
  look.begun = textOf(**object, "creationTimestamp");
  look.snapshots = bootstrapReferencesOf(**object).snapshots;
  const auto sighting = sightRecovery(session, **std::move(object));
  if (!sighting) return tl::unexpected(sighting.error());
  for (const json::Value& snapshot : sighting->snapshots) {
    if (textOf(snapshot, "name") != look.snapshot) continue;
    json::Decoder decoder(snapshot);
    look.backup = labelOf(decoder.root(), kBackupNameLabel);
  }
  const RecoveryProgress progress = recoveryProgress(*sighting, look.snapshot);
  switch (progress.state) {
    case RecoveryProgress::State::kDone:
      return looking.is(State::kUp, progress.words);
    case RecoveryProgress::State::kFailed: {
      const std::string way_out = progress.must_delete
                                      ? "; before another try, delete what came of this one: " +
                                            kubectl("delete", *finding.cluster)
                                      : "";
      return looking.is(State::kUnable, progress.words + way_out + wishMeanwhile(look));
    }
    case RecoveryProgress::State::kGoingOn:
      break;
  }
  return looking.is(State::kComingUp, progress.words + wishMeanwhile(look));
}

}  // namespace

std::optional<RecoveryStatus> RecoveryLook::status() const {
  const auto of = [this](std::string_view word) {
    return RecoveryStatus{
        .status = std::string(word), .snapshot_name = snapshot, .recovery_time = begun};
  };
  switch (state) {
    case State::kNothingToDo: {
      const auto& now = system.recovery_status;
      if (over && now && now->status == kRecoveryPending) return RecoveryStatus();
      return std::nullopt;
    }
    case State::kDeferred:
      return std::nullopt;
    case State::kOrphaned:
    case State::kGoing:
    case State::kReady:
      return of(kRecoveryPending);
    case State::kComingUp:
      return of(kRecoveryRunning);
    case State::kUp:
      return of(kRecoveryCompleted);
    case State::kUnfit:
    case State::kUnable:
      return of(kRecoveryFailed);
  }
  return std::nullopt;
}

Outcome<RecoveryLook> lookAtRecovery(Session& session) {
  auto read = readCr(session);
  if (!read) return tl::unexpected(read.error());
  Looking looking = *std::move(read);
  RecoveryLook& look = looking.look;
  // Before the Cluster is looked for, which needs CloudNativePG's CRDs.
  if (look.system.external_postgres || look.system.deleting) {
    return looking.is(State::kNothingToDo, recoveryNeed(look.system, std::nullopt).why_not);
  }
  auto finding = findCluster(session);
  if (!finding) return tl::unexpected(finding.error());
  look.group = finding->group;
  RecoveryNeed need = recoveryNeed(look.system, finding->cluster);
  look.snapshot = std::move(need.snapshot);
  if (!need.wanted) return lookAside(std::move(looking), *finding, need);

  const bool is_there = finding->cluster && !finding->cluster->deleting;
  if (session.settings.operator_recovery == OperatorRecoveryPolicy::kDefer) {
    const auto ready = isOperatorReady(session);
    if (!ready) return tl::unexpected(ready.error());
    if (*ready) return lookForOperator(std::move(looking), finding->all_groups, is_there);
  }
  return is_there ? lookAfter(std::move(looking), *finding)
                  : lookBefore(std::move(looking), *finding);
}

}  // namespace job
