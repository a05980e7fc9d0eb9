#include "job/pass/cluster_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "job/model/names.h"

namespace job {
namespace {

std::string named(const Session& session, std::string_view kind, const std::string& name) {
  return std::string(kind) + " " + session.name_space + "/" + name;
}

Failure unreadable(const std::string& object, const json::Error& error) {
  return {ExitCode::kConfiguration, object + " can't be read: " + error.message()};
}

/// Lists a collection through `read`, handing over what parses; `bad` gets the name and problem of what does not.
template <typename Model, typename Read, typename Bad>
Outcome<std::vector<Model>> listModels(Session& session, const k8s::ResourceType& type,
                                       const k8s::ListOptions& options, Read read, Bad bad) {
  std::vector<Model> models;
  std::vector<std::pair<std::string, json::Error>> problems;
  const auto listed = session.client.list(
      session.collection(type), options,
      [&](json::Value item) {
        if (auto model = read(item)) {
          models.push_back(*std::move(model));
          return;
        } else {
          json::Decoder decoder(item);
          problems.emplace_back(decoder.root()["metadata"]["name"].stringOr("?"), model.error());
        }
      },
      [&] {
        models.clear();
        problems.clear();
      },
      session.context());
  if (!listed) return tl::unexpected(failureOf(listed.error(), "list " + type.qualifiedName()));
  for (const auto& [name, problem] : problems) {
    if (auto failure = bad(name, problem)) return tl::unexpected(*failure);
  }
  return models;
}

}  // namespace

Outcome<NooBaaSystem> readSystem(Session& session) {
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
      return tl::unexpected(Failure{ExitCode::kConfiguration,
                                    named(session, "NooBaa", name) +
                                        " does not exist; name another with --namespace or --system"});
    }
    return tl::unexpected(failureOf(error, "read " + named(session, "NooBaa", name)));
  }
  auto system = readNooBaaSystem(*object);
  if (!system) return tl::unexpected(unreadable(named(session, "NooBaa", name), system.error()));
  return *system;
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
  if (!cluster) return tl::unexpected(unreadable(named(session, "Cluster", ref.name), cluster.error()));
  return std::optional(*std::move(cluster));
}

Outcome<ClusterFinding> findCluster(Session& session) {
  const std::string& wanted = session.settings.cnpg_api_group;
  std::vector<std::string> groups;
  if (wanted != "auto") {
    groups.push_back(wanted);
  } else {
    const auto served = session.client.apiGroups(session.context());
    if (!served) return tl::unexpected(failureOf(served.error(), "list the API groups"));
    for (const std::string_view group : {kNooBaaCnpgGroup, kUpstreamCnpgGroup}) {
      if (std::find(served->begin(), served->end(), group) != served->end()) groups.emplace_back(group);
    }
    if (groups.empty()) {
      return tl::unexpected(Failure{
          ExitCode::kConfiguration,
          "no CloudNativePG CRD is installed (neither postgresql.cnpg.noobaa.io nor postgresql.cnpg.io is "
          "served); install the operator, or check that the kubeconfig reaches the right cluster"});
    }
  }

  ClusterFinding finding{groups.front(), std::nullopt};
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
      return tl::unexpected(Failure{
          ExitCode::kConfiguration,
          named(session, "Cluster", session.cluster()) + " exists in both " + finding.group + " and " +
              group + "; say which with --cnpg-api-group"});
    }
    finding = {group, std::move(*cluster)};
  }
  if (!finding.cluster && hidden) return tl::unexpected(*hidden);
  return finding;
}

Outcome<std::vector<Backup>> listBackups(Session& session, const std::string& group) {
  return listModels<Backup>(
      session, backupType(group), {}, [](const json::Value& v) { return readBackup(v); },
      [&](const std::string& name, const json::Error& error) -> std::optional<Failure> {
        return unreadable(named(session, "Backup", name), error);
      });
}

Outcome<std::vector<VolumeSnapshot>> listSnapshots(Session& session, std::vector<std::string>& warnings) {
  const k8s::ListOptions options{
      .label_selector = std::string(kClusterLabel) + "=" + session.cluster(), .field_selector = ""};
  return listModels<VolumeSnapshot>(
      session, volumeSnapshotType(), options, [](const json::Value& v) { return readVolumeSnapshot(v); },
      [&](const std::string& name, const json::Error& error) -> std::optional<Failure> {
        warnings.push_back(named(session, "VolumeSnapshot", name) + " is left alone: it can't be read: " +
                           error.message());
        return std::nullopt;
      });
}

Outcome<std::vector<ScheduledBackup>> listScheduledBackups(Session& session, const std::string& group) {
  return listModels<ScheduledBackup>(
      session, scheduledBackupType(group), {},
      [](const json::Value& v) { return readScheduledBackup(v); },
      [&](const std::string& name, const json::Error& error) -> std::optional<Failure> {
        return unreadable(named(session, "ScheduledBackup", name), error);
      });
}

Outcome<std::optional<SnapshotClass>> readSnapshotClass(Session& session, const std::string& name) {
  const auto object =
      session.client.get({volumeSnapshotClassType(), "", name}, session.context());
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
  for (ClusterVolume& volume : claims.of_cluster) {
    if (!volume.provisioner.empty() || volume.storage_class.empty()) continue;
    const auto storage_class =
        session.client.get({storageClassType(), "", volume.storage_class}, session.context());
    if (!storage_class) continue;  // no right to look, or gone: the driver stays unknown
    json::Decoder decoder(*storage_class);
    volume.provisioner = decoder.root()["provisioner"].stringOr("");
  }
  return claims;
}

Outcome<References> readClusterReferences(Session& session, const std::string& group) {
  References references;
  const auto type = clusterType(group);
  const auto listed = session.client.list(
      session.collection(type), {},
      [&](const json::Value& object) {
        const BootstrapReferences bootstrap = bootstrapReferencesOf(object);
        references.cluster_snapshots.insert(bootstrap.snapshots.begin(), bootstrap.snapshots.end());
        if (!bootstrap.backup.empty()) references.cluster_backups.insert(bootstrap.backup);
      },
      [&] { references = {}; }, session.context());
  if (!listed) return tl::unexpected(failureOf(listed.error(), "list " + type.qualifiedName()));
  return references;
}

}  // namespace job
