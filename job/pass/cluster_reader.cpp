#include "job/pass/cluster_reader.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "job/decide/drill.h"
#include "job/model/names.h"

namespace job {
namespace {

std::string named(const Session& session, std::string_view kind, const std::string& name) {
  return std::string(kind) + " " + session.name_space + "/" + name;
}

Failure unreadable(const std::string& object, const json::Error& error) {
  return {ExitCode::kConfiguration, object + " can't be read: " + error.message()};
}

std::string nameOf(const json::Value& object) {
  json::Decoder decoder(object);
  return decoder.root()["metadata"]["name"].stringOr("?");
}

/// Lists a whole collection; one object that can't be read fails it.
template <typename Models, typename Read>
Outcome<Models> listModels(Session& session, const k8s::ResourceType& type, Read read) {
  Models models;
  std::optional<Failure> failure;
  const auto listed = session.client.list(
      session.collection(type), {},
      [&](const json::Value& item) {
        if (auto model = read(item)) {
          models.push_back(*std::move(model));
        } else if (!failure) {
          failure = unreadable(named(session, type.kind, nameOf(item)), model.error());
        }
      },
      [&] {
        models.clear();
        failure.reset();
      },
      session.context());
  if (!listed) return tl::unexpected(failureOf(listed.error(), "list " + type.qualifiedName()));
  if (failure) return tl::unexpected(*failure);
  return models;
}

/// Stands for a snapshot that can't be read: enough to know its backup by, which is then left
/// alone.
VolumeSnapshot stubOf(const json::Value& object) {
  json::Decoder decoder(object);
  const json::View metadata = decoder.root()["metadata"];
  VolumeSnapshot stub;
  stub.name = metadata["name"].stringOr("");
  stub.cluster = metadata["labels"][kClusterLabel].stringOr("");
  stub.backup_name = metadata["labels"][kBackupNameLabel].stringOr("");
  stub.unreadable = true;
  return stub;
}

/// Empty without the right to look, or when the class is gone.
std::string driverOf(Session& session, const std::string& storage_class) {
  const auto object =
      session.client.get({storageClassType(), "", storage_class}, session.context());
  if (!object) return "";
  json::Decoder decoder(*object);
  return decoder.root()["provisioner"].stringOr("");
}

}  // namespace

Outcome<json::Value> readSystemObject(Session& session) {
  const std::string& name = session.settings.system;
  auto object = session.client.get(session.object(nooBaaType(), name), session.context());
  if (!object) {
    const k8s::ApiError& error = object.error();
    if (error.isApiMissing()) {
      return tl::unexpected(Failure{
          ExitCode::kConfiguration,
          "the NooBaa CRD (noobaas.noobaa.io) is not installed in this cluster; install NooBaa, or "
          "check that the kubeconfig reaches the right cluster"});
    }
    if (error.isNotFound()) {
      return tl::unexpected(
          Failure{ExitCode::kConfiguration,
                  named(session, "NooBaa", name) +
                      " does not exist; name another with --namespace or --system"});
    }
    return tl::unexpected(failureOf(error, "read " + named(session, "NooBaa", name)));
  }
  return *std::move(object);
}

Outcome<NooBaaSystem> readSystem(Session& session) {
  const auto object = readSystemObject(session);
  if (!object) return tl::unexpected(object.error());
  auto system = readNooBaaSystem(*object);
  if (!system) {
    return tl::unexpected(
        unreadable(named(session, "NooBaa", session.settings.system), system.error()));
  }
  return *std::move(system);
}

Outcome<std::optional<Cluster>> readCluster(Session& session, const std::string& group,
                                            const k8s::CallContext& context) {
  const auto ref = session.object(clusterType(group), session.cluster());
  auto object = session.client.get(ref, context);
  if (!object) {
    if (object.error().isNotFound()) return std::nullopt;
    return tl::unexpected(failureOf(object.error(), "read " + named(session, "Cluster", ref.name)));
  }
  auto cluster = readCluster(*object);
  if (!cluster)
    return tl::unexpected(unreadable(named(session, "Cluster", ref.name), cluster.error()));
  return std::optional(*std::move(cluster));
}

Outcome<std::vector<std::string>> servedCnpgGroups(Session& session) {
  const auto served = session.client.apiGroups(session.context());
  if (!served) return tl::unexpected(failureOf(served.error(), "list the API groups"));
  std::vector<std::string> groups;
  for (const std::string_view group : {kNooBaaCnpgGroup, kUpstreamCnpgGroup}) {
    if (std::find(served->begin(), served->end(), group) != served->end())
      groups.emplace_back(group);
  }
  if (groups.empty()) {
    return tl::unexpected(Failure{
        ExitCode::kConfiguration,
        "no CloudNativePG CRD is installed (neither postgresql.cnpg.noobaa.io nor "
        "postgresql.cnpg.io is "
        "served); install the operator, or check that the kubeconfig reaches the right cluster"});
  }
  return groups;
}

Outcome<ClusterFinding> findCluster(Session& session) {
  const std::string& wanted = session.settings.cnpg_api_group;
  std::vector<std::string> groups;
  if (wanted != "auto") {
    groups.push_back(wanted);
  } else {
    auto served = servedCnpgGroups(session);
    if (!served) return tl::unexpected(served.error());
    groups = *std::move(served);
  }

  // Told which one, the others may still be there, with Clusters that need our snapshots.
  std::vector<std::string> all = groups;
  if (wanted != "auto") {
    for (const std::string_view group : {kNooBaaCnpgGroup, kUpstreamCnpgGroup}) {
      if (group != wanted) all.emplace_back(group);
    }
  }
  ClusterFinding finding{groups.front(), std::move(all), std::nullopt};
  std::optional<Failure> hidden;  // by RBAC, in one of the groups
  for (const std::string& group : groups) {
    auto cluster = readCluster(session, group, session.context());
    if (!cluster) {
      if (groups.size() > 1 && cluster.error().code == ExitCode::kForbidden) {
        hidden = cluster.error();
        continue;
      }
      return tl::unexpected(cluster.error());
    }
    if (!*cluster) continue;
    if (finding.cluster) {
      return tl::unexpected(
          Failure{ExitCode::kConfiguration, named(session, "Cluster", session.cluster()) +
                                                " exists in both " + finding.group + " and " +
                                                group + "; say which with --cnpg-api-group"});
    }
    finding.group = group;
    finding.cluster = std::move(*cluster);
  }
  if (!finding.cluster && hidden) return tl::unexpected(*hidden);
  return finding;
}

Outcome<Backups> listBackups(Session& session, const std::string& group) {
  return listModels<Backups>(session, backupType(group),
                             [](const json::Value& object) { return readBackup(object); });
}

Outcome<VolumeSnapshots> listSnapshots(Session& session, std::vector<std::string>& warnings) {
  const auto type = volumeSnapshotType();
  const k8s::ListOptions options{
      .label_selector = std::string(kClusterLabel) + "=" + session.cluster(), .field_selector = ""};
  VolumeSnapshots snapshots;
  std::vector<std::string> problems;
  const auto listed = session.client.list(
      session.collection(type), options,
      [&](const json::Value& item) {
        if (auto snapshot = readVolumeSnapshot(item)) {
          snapshots.push_back(*std::move(snapshot));
          return;
        } else {
          problems.push_back(
              named(session, "VolumeSnapshot", nameOf(item)) +
              " can't be read, so its backup is left alone: " + snapshot.error().message());
        }
        snapshots.push_back(stubOf(item));
      },
      [&] {
        snapshots.clear();
        problems.clear();
      },
      session.context());
  if (!listed) return tl::unexpected(failureOf(listed.error(), "list " + type.qualifiedName()));
  warnings.insert(warnings.end(), problems.begin(), problems.end());
  return snapshots;
}

Outcome<std::vector<ScheduledBackup>> listScheduledBackups(Session& session,
                                                           const std::string& group) {
  return listModels<std::vector<ScheduledBackup>>(
      session, scheduledBackupType(group),
      [](const json::Value& object) { return readScheduledBackup(object); });
}

Outcome<bool> snapshotNameTaken(Session& session, const std::string& name) {
  const auto type = volumeSnapshotType();
  const auto same_name = session.client.get(session.object(type, name), session.context());
  if (same_name) return true;
  if (!same_name.error().isNotFound()) {
    return tl::unexpected(failureOf(same_name.error(), "look for a VolumeSnapshot " + name));
  }
  const k8s::ListOptions options{.label_selector = std::string(kBackupNameLabel) + "=" + name,
                                 .field_selector = ""};
  const auto members = session.client.list(session.collection(type), options, session.context());
  if (!members) return tl::unexpected(failureOf(members.error(), "list " + type.qualifiedName()));
  return !members->items.empty();
}

Outcome<CronJob> findCronJob(Session& session) {
  const std::string& name = session.settings.cron_job;
  const auto object = session.client.get(session.object(cronJobType(), name), session.context());
  if (!object && object.error().isNotFound()) {
    return tl::unexpected(Failure{ExitCode::kConfiguration,
                                  named(session, "CronJob", name) +
                                      " does not exist; name the one that makes the backups with "
                                      "--cronjob"});
  }
  if (!object)
    return tl::unexpected(failureOf(object.error(), "read " + named(session, "CronJob", name)));
  auto cron_job = readCronJob(*object);
  if (!cron_job)
    return tl::unexpected(unreadable(named(session, "CronJob", name), cron_job.error()));
  return *std::move(cron_job);
}

Outcome<std::optional<SnapshotClass>> readSnapshotClass(Session& session, const std::string& name) {
  const auto object = session.client.get({volumeSnapshotClassType(), "", name}, session.context());
  if (!object) {
    const k8s::ApiError& error = object.error();
    if (error.isApiMissing()) {
      return tl::unexpected(Failure{
          ExitCode::kConfiguration,
          "the VolumeSnapshot CRDs (snapshot.storage.k8s.io) are not installed; install the CSI "
          "snapshot controller, then restart the CloudNativePG operator"});
    }
    if (error.isNotFound()) return std::optional(SnapshotClass{.name = name});
    if (error.isForbidden()) return std::nullopt;
    return tl::unexpected(failureOf(error, "read VolumeSnapshotClass " + name));
  }
  json::Decoder decoder(*object);
  const json::View root = decoder.root();
  SnapshotClass found{.name = name,
                      .exists = true,
                      .driver = root["driver"].stringOr(""),
                      .deletion_policy = root["deletionPolicy"].stringOr("")};
  return std::optional(std::move(found));
}

Outcome<VolumeClaims> readVolumeClaims(Session& session) {
  constexpr std::array kProvisionerAnnotations = {"volume.kubernetes.io/storage-provisioner",
                                                  "volume.beta.kubernetes.io/storage-provisioner"};
  VolumeClaims claims;
  const auto type = persistentVolumeClaimType();
  const auto listed = session.client.list(
      session.collection(type), {},
      [&](const json::Value& pvc) {
        addPvcReference(pvc, claims.pending);
        json::Decoder decoder(pvc);
        const json::View meta = decoder.root()["metadata"];
        const json::View annotations = meta["annotations"];
        if (meta["labels"][kClusterLabel].stringOr("") != session.cluster()) return;
        ClusterVolume volume;
        volume.name = meta["name"].stringOr("");
        volume.role = meta["labels"][kPvcRoleAnnotation].stringOr(
            annotations[kPvcRoleAnnotation].stringOr("PG_DATA"));
        volume.tablespace = meta["labels"][kTablespaceLabel].stringOr("");
        for (const char* annotation : kProvisionerAnnotations) {
          if (volume.provisioner.empty()) volume.provisioner = annotations[annotation].stringOr("");
        }
        volume.storage_class = decoder.root()["spec"]["storageClassName"].stringOr("");
        claims.of_cluster.push_back(std::move(volume));
      },
      [&] { claims = {}; }, session.context());
  if (!listed) return tl::unexpected(failureOf(listed.error(), "list " + type.qualifiedName()));

  // Statically bound volumes carry no provisioner annotation; their StorageClass names the driver.
  std::map<std::string, std::string> drivers;
  for (ClusterVolume& volume : claims.of_cluster) {
    if (!volume.provisioner.empty() || volume.storage_class.empty()) continue;
    const auto [known, first] = drivers.try_emplace(volume.storage_class);
    if (first) known->second = driverOf(session, volume.storage_class);
    volume.provisioner = known->second;
  }
  return claims;
}

Outcome<References> readClusterReferences(Session& session,
                                          const std::vector<std::string>& groups) {
  References references;
  for (const std::string& group : groups) {
    const auto type = clusterType(group);
    const auto clusters = session.client.list(session.collection(type), {}, session.context());
    if (!clusters && clusters.error().isApiMissing()) continue;
    if (!clusters) {
      return tl::unexpected(failureOf(clusters.error(), "list " + type.qualifiedName()));
    }
    for (const json::Value& cluster : clusters->items) {
      const BootstrapReferences bootstrap = bootstrapReferencesOf(cluster);
      std::set<std::string>& snapshots =
          isDrill(cluster) ? references.drill_snapshots : references.cluster_snapshots;
      snapshots.insert(bootstrap.snapshots.begin(), bootstrap.snapshots.end());
      if (!bootstrap.backup.empty()) references.cluster_backups.insert(bootstrap.backup);
    }
  }
  return references;
}

}  // namespace job
