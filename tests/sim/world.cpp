#include "tests/sim/world.h"

#include <utility>

#include "tests/sim/crds.h"
#include "tests/sim/fencing.h"
#include "tests/sim/fields.h"
#include "tests/sim/kinds.h"
#include "tests/sim/object_meta.h"

namespace sim {
namespace {

using json::Array;
using json::Object;
using json::Value;

std::vector<std::string> namesOf(const std::vector<Value>& objects) {
  std::vector<std::string> names;
  for (const auto& object : objects) names.push_back(nameOf(object));
  return names;
}

Value snapshotReference(const std::string& name) {
  return Object{
      {"apiGroup", "snapshot.storage.k8s.io"}, {"kind", "VolumeSnapshot"}, {"name", name}};
}

}  // namespace

WorldOptions WorldOptions::fasterBy(double factor) const {
  WorldOptions faster = *this;
  faster.cnpg.timing = cnpg.timing.fasterBy(factor);
  faster.snapshotter = snapshotter.fasterBy(factor);
  return faster;
}

World::World(timing::Clock& clock, Timeline& timeline, WorldOptions options)
    : options_(std::move(options)),
      clock_(clock),
      server_(clock_),
      cnpg_(server_, timeline, clock, options_.shape.cnpg_group, options_.cnpg, faults_),
      snapshotter_(server_, timeline, clock, options_.snapshotter, faults_) {
  defineTypes();
  install();
}

void World::defineTypes() {
  server_.create(options_.crd_knows_backups ? noobaaCrd() : noobaaCrdWithoutBackups());
  auto groups = options_.more_cnpg_groups;
  groups.push_back(options_.shape.cnpg_group);
  for (const auto& group : groups) {
    server_.create(clusterCrd(group));
    server_.create(backupCrd(group));
    server_.create(scheduledBackupCrd(group));
    server_.create(imageCatalogCrd(group));
  }
  server_.create(volumeSnapshotCrd());
  server_.create(volumeSnapshotClassCrd());
  server_.create(volumeSnapshotContentCrd());
}

void World::install() {
  const Shape& shape = options_.shape;
  if (!server_.get({namespaceType(), "", shape.name_space})) {
    server_.create(Object{{"apiVersion", "v1"},
                          {"kind", "Namespace"},
                          {"metadata", Object{{"name", shape.name_space}}}});
  }
  server_.create(storageClassObject(shape));
  server_.create(snapshotClassObject(shape));
  if (options_.with_noobaa) server_.create(noobaaObject(shape));
  server_.create(imageCatalogObject(shape));
  if (!options_.with_cluster) return;
  const Value cluster = server_.create(clusterObject(shape, noobaa()));
  for (int number = 1; number <= shape.instances; ++number) {
    for (const auto& volume : volumesOf(cluster, instanceName(cluster, number), "")) {
      server_.create(claimObject(cluster, number, volume, shape.driver));
    }
    server_.create(podObject(cluster, number));
  }
}

k8s::ObjectRef World::noobaaRef() const {
  return {noobaaType(), shape().name_space, shape().system};
}

k8s::ObjectRef World::clusterRef() const {
  return {clusterType(shape().cnpg_group), shape().name_space, shape().clusterName()};
}

k8s::ObjectRef World::backupRef(const std::string& name) const {
  return {backupType(shape().cnpg_group), shape().name_space, name};
}

k8s::ObjectRef World::snapshotRef(const std::string& name) const {
  return {snapshotType(), shape().name_space, name};
}

k8s::ObjectRef World::podRef(const std::string& name) const {
  return {podType(), shape().name_space, name};
}

k8s::ObjectRef World::claimRef(const std::string& name) const {
  return {claimType(), shape().name_space, name};
}

json::Value World::get(const k8s::ObjectRef& ref) const {
  return server_.get(ref).value_or(Value());
}

std::vector<std::string> World::backupNames() const {
  return namesOf(server_.list(backupType(shape().cnpg_group), shape().name_space));
}

std::vector<std::string> World::snapshotNames() const {
  return namesOf(server_.list(snapshotType(), shape().name_space));
}

void World::add(const PastBackup& backup) {
  backup.put(server_, clock_, shape());
}

void World::startBackup(const std::string& name) {
  server_.create(Object{{"apiVersion", backupType(shape().cnpg_group).apiVersion()},
                        {"kind", "Backup"},
                        {"metadata", Object{{"name", name}, {"namespace", shape().name_space}}},
                        {"spec", Object{{"cluster", Object{{"name", shape().clusterName()}}},
                                        {"method", "volumeSnapshot"},
                                        {"online", false},
                                        {"target", "prefer-standby"}}}});
}

void World::add(const ScheduledBackup& scheduled) {
  const std::string name =
      scheduled.name.empty() ? shape().clusterName() + "-scheduled-backup" : scheduled.name;
  Object metadata{{"name", name}, {"namespace", shape().name_space}};
  if (scheduled.owned_by_noobaa) {
    metadata.set("ownerReferences", Array{ownerReference(noobaa(), true)});
  }
  server_.create(Object{{"apiVersion", scheduledBackupType(shape().cnpg_group).apiVersion()},
                        {"kind", "ScheduledBackup"},
                        {"metadata", std::move(metadata)},
                        {"spec", Object{{"cluster", Object{{"name", shape().clusterName()}}},
                                        {"schedule", scheduled.schedule},
                                        {"method", "volumeSnapshot"},
                                        {"online", false},
                                        {"suspend", scheduled.suspended},
                                        {"backupOwnerReference", "none"}}}});
}

void World::addNoobaaOperator(int ready_replicas) {
  Object status{{"replicas", 1}};
  if (ready_replicas > 0) status.set("readyReplicas", ready_replicas);
  server_.create(Object{{"apiVersion", deploymentType().apiVersion()},
                        {"kind", "Deployment"},
                        {"metadata", Object{{"name", "noobaa-operator"},
                                            {"namespace", shape().name_space},
                                            {"labels", Object{{"app", "noobaa"}}}}},
                        {"spec", Object{{"replicas", 1}}},
                        {"status", std::move(status)}});
}

void World::addPendingClaim(const std::string& name, const std::string& snapshot) {
  server_.create(Object{
      {"apiVersion", "v1"},
      {"kind", "PersistentVolumeClaim"},
      {"metadata", Object{{"name", name}, {"namespace", shape().name_space}}},
      {"spec", Object{{"accessModes", Array{"ReadWriteOnce"}},
                      {"dataSource", snapshotReference(snapshot)},
                      {"dataSourceRef", snapshotReference(snapshot)},
                      {"resources", Object{{"requests", Object{{"storage", shape().volume_size}}}}},
                      {"storageClassName", shape().storage_class}}},
      {"status", Object{{"phase", "Pending"}}}});
}

void World::addClusterFrom(const std::string& name, const std::string& snapshot,
                           const std::string& wal_snapshot) {
  Object snapshots{{"storage", snapshotReference(snapshot)}};
  if (!wal_snapshot.empty()) snapshots.set("walStorage", snapshotReference(wal_snapshot));
  addRecoveredCluster(name, {{"volumeSnapshots", std::move(snapshots)}});
}

void World::addClusterFromBackup(const std::string& name, const std::string& backup) {
  addRecoveredCluster(name, {{"backup", Object{{"name", backup}}}});
}

void World::addRecoveredCluster(const std::string& name, json::Object recovery) {
  recovery.set("database", "nbcore");
  recovery.set("owner", "noobaa");
  Value cluster = clusterObject(shape(), Value());
  placeAt(cluster, {"metadata", "name"}) = name;
  placeAt(cluster, {"spec", "bootstrap"}) = Object{{"recovery", std::move(recovery)}};
  server_.create(cluster);
}

void World::addClusterInGroup(const std::string& cnpg_group) {
  Shape other = shape();
  other.cnpg_group = cnpg_group;
  server_.create(clusterObject(other, Value()));
}

void World::setInstanceReady(int number, bool ready) {
  setReady(server_, shape().name_space, shape().instanceName(number), ready);
  countReadyInstances(server_, clusterRef());
}

void World::fenceInstance(const std::string& instance) {
  editCluster([&](Value& cluster) { fence(cluster, instance); });
}

void World::hibernate() {
  editCluster([](Value& cluster) { setAnnotation(cluster, "cnpg.io/hibernation", "on"); });
}

void World::setPhase(const std::string& phase) {
  editCluster([&](Value& cluster) {
    const bool healthy = phase == kHealthyPhase;
    placeAt(cluster, {"status", "phase"}) = phase;
    auto conditions = elementsAt(cluster, {"status", "conditions"});
    for (auto& condition : conditions) {
      if (textAt(condition, {"type"}) != "Ready") continue;
      condition["status"] = healthy ? "True" : "False";
      condition["reason"] = healthy ? "ClusterIsReady" : "ClusterIsNotReady";
    }
    placeAt(cluster, {"status", "conditions"}) = std::move(conditions);
  });
}

}  // namespace sim
