#include "job/pass/recovery_reader.h"

#include <utility>

#include "job/decide/database_image.h"
#include "job/model/cluster.h"
#include "job/model/names.h"
#include "job/model/object_meta.h"

namespace job {
namespace {

/// An object, or that there is none of that name.
Outcome<std::optional<json::Value>> readObject(Session& session, const k8s::ObjectRef& ref) {
  auto object = session.client.get(ref, session.context());
  if (object) return std::optional(*std::move(object));
  if (object.error().isNotFound()) return std::nullopt;
  return tl::unexpected(failureOf(object.error(), "read " + ref.type.kind + " " + ref.name_space +
                                                      (ref.name_space.empty() ? "" : "/") +
                                                      ref.name));
}

Outcome<std::vector<json::Value>> listLabelled(Session& session, const k8s::ResourceType& type,
                                               std::string_view label, const std::string& value) {
  const k8s::ListOptions options{.label_selector = std::string(label) + "=" + value,
                                 .field_selector = ""};
  auto list = session.client.list(session.collection(type), options, session.context());
  if (!list) return tl::unexpected(failureOf(list.error(), "list " + type.qualifiedName()));
  return std::move(list->items);
}

/// What CNPG runs of a Cluster. A Pooler's Pods carry its label too, but stay when it goes.
Outcome<std::vector<json::Value>> listOfCluster(Session& session, const k8s::ResourceType& type,
                                                const std::string& cluster) {
  const std::string which = type == podType() ? cluster + ",cnpg.io/podRole!=pooler" : cluster;
  return listLabelled(session, type, kClusterLabel, which);
}

std::string labelIn(const json::Value& object, std::string_view label) {
  json::Decoder decoder(object);
  return labelOf(decoder.root(), label);
}

/// The Backup of that name, in whichever group it is; empty: it is gone, or can't be read.
Outcome<std::optional<Backup>> findBackup(Session& session, const std::vector<std::string>& groups,
                                          const std::string& name) {
  for (const std::string& group : groups) {
    const auto object = readObject(session, session.object(backupType(group), name));
    if (!object) return tl::unexpected(object.error());
    if (!*object) continue;
    if (auto backup = readBackup(**object)) return std::optional(*std::move(backup));
  }
  return std::nullopt;
}

/// The verdict on a backup, by itself; empty when its objects are not what the API promises, or not
/// of the cluster.
std::optional<JudgedGroup> judgedAlone(const std::optional<Backup>& backup,
                                       const std::vector<json::Value>& members,
                                       const std::string& cluster) {
  VolumeSnapshots snapshots;
  for (const json::Value& member : members) {
    auto snapshot = readVolumeSnapshot(member);
    if (!snapshot) return std::nullopt;
    snapshots.push_back(*std::move(snapshot));
  }
  Backups backups;
  if (backup) backups.push_back(*backup);
  const BackupGroups groups(std::move(backups), std::move(snapshots), cluster);
  if (groups.size() != 1) return std::nullopt;
  BackupGroup group = groups[0];
  Judgement judgement = judge(group, std::nullopt);
  return JudgedGroup{std::move(group), std::move(judgement)};
}

}  // namespace

Outcome<ChosenSource> findSource(Session& session, const std::vector<std::string>& groups,
                                 const std::string& wanted, const RecoveryDemands& demands) {
  const auto named = readObject(session, session.object(volumeSnapshotType(), wanted));
  if (!named) return tl::unexpected(named.error());
  if (!*named) return chooseSource(wanted, {}, nullptr, demands);
  const std::string backup_name = labelIn(**named, kBackupNameLabel);
  if (backup_name.empty()) return chooseSource(wanted, {**named}, nullptr, demands);

  // The Backup first: a snapshot read later can only be newer than what that said.
  auto backup = findBackup(session, groups, backup_name);
  if (!backup) return tl::unexpected(backup.error());
  const auto members = listLabelled(session, volumeSnapshotType(), kBackupNameLabel, backup_name);
  if (!members) return tl::unexpected(members.error());
  const auto judged = judgedAlone(*std::move(backup), *members, demands.cluster);
  return chooseSource(wanted, *members, judged ? &*judged : nullptr, demands);
}

Outcome<Leftovers> readLeftovers(Session& session, const std::string& cluster) {
  const auto claims = listOfCluster(session, persistentVolumeClaimType(), cluster);
  if (!claims) return tl::unexpected(claims.error());
  const auto pods = listOfCluster(session, podType(), cluster);
  if (!pods) return tl::unexpected(pods.error());
  const auto jobs = listOfCluster(session, jobType(), cluster);
  if (!jobs) return tl::unexpected(jobs.error());
  return leftoversOf(cluster, *claims, *pods, *jobs);
}

Outcome<std::optional<json::Value>> readClusterObject(Session& session, const std::string& group,
                                                      const std::string& name) {
  return readObject(session, session.object(clusterType(group), name));
}

Outcome<RecoverySighting> sightRecovery(Session& session, json::Value cluster) {
  json::Decoder decoder(cluster);
  const std::string name = decoder.root()["metadata"]["name"].stringOr("");
  RecoverySighting sighting;
  for (const auto& [type, objects] : {std::pair(jobType(), &sighting.jobs),
                                      std::pair(persistentVolumeClaimType(), &sighting.claims),
                                      std::pair(podType(), &sighting.pods)}) {
    auto listed = listOfCluster(session, type, name);
    if (!listed) return tl::unexpected(listed.error());
    *objects = *std::move(listed);
  }
  for (const std::string& snapshot : bootstrapReferencesOf(cluster).snapshots) {
    auto object = readObject(session, session.object(volumeSnapshotType(), snapshot));
    if (!object) return tl::unexpected(object.error());
    if (*object) sighting.snapshots.push_back(**std::move(object));
  }
  sighting.cluster = std::move(cluster);
  sighting.now = session.clock.now();
  return sighting;
}

Outcome<bool> isOperatorReady(Session& session) {
  const auto deployment = readObject(session, session.object(deploymentType(), "noobaa-operator"));
  if (!deployment) return tl::unexpected(deployment.error());
  if (!*deployment) return false;
  json::Decoder decoder(**deployment);
  return decoder.root()["status"]["readyReplicas"].integerOr(0) > 0;
}

Outcome<std::string> imageProblem(Session& session, const std::string& group,
                                  const json::Value& cluster, std::vector<std::string>& warnings) {
  const auto reference = imageCatalogOf(cluster);
  if (!reference) return std::string();
  const bool is_cluster_wide = reference->kind == "ClusterImageCatalog";
  const k8s::ObjectRef ref =
      is_cluster_wide ? k8s::ObjectRef{clusterImageCatalogType(group), "", reference->name}
                      : session.object(imageCatalogType(group), reference->name);
  const auto catalog = readObject(session, ref);
  if (!catalog && catalog.error().code == ExitCode::kForbidden) {
    warnings.push_back(
        reference->kind + " " + reference->name +
        ", which the Cluster takes its image from, was not checked: no right to get " +
        ref.type.qualifiedName());
    return std::string();
  }
  if (!catalog) return tl::unexpected(catalog.error());
  return catalogProblem(*reference, catalog->value_or(json::Value()));
}

}  // namespace job
