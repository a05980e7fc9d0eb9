#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/api_server.h"
#include "tests/sim/backdated_clock.h"
#include "tests/sim/cluster_objects.h"
#include "tests/sim/cnpg_operator.h"
#include "tests/sim/faults.h"
#include "tests/sim/past_backup.h"
#include "tests/sim/snapshotter.h"
#include "tests/sim/timeline.h"

namespace sim {

struct WorldOptions {
  Shape shape = {};
  OperatorOptions cnpg = {};
  SnapshotterTiming snapshotter = {};
  std::vector<std::string> more_cnpg_groups = {};  // served besides the shape's
  bool crd_knows_backups = true;                   // false: the NooBaa CRD of 5.20 and before
  bool with_noobaa = true;
  bool with_cluster = true;

  /// The operator, the instances and the storage so many times as fast.
  WorldOptions fasterBy(double factor) const;
};

/// A Kubernetes cluster with NooBaa in it, ready to be backed up: API server, CRDs, the CNPG
/// operator, a snapshot controller, the NooBaa CR and its database Cluster in good health. The
/// clock and the timeline are somebody else's, so that it runs in virtual time (TestWorld) and in
/// real time alike.
class World {
 public:
  using Edit = std::function<void(json::Value&)>;

  World(timing::Clock& clock, Timeline& timeline, WorldOptions options = {});
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  ApiServer& server() { return server_; }
  Faults& faults() { return faults_; }
  const Shape& shape() const { return options_.shape; }

  k8s::ObjectRef noobaaRef() const;
  k8s::ObjectRef clusterRef() const;
  k8s::ObjectRef backupRef(const std::string& name) const;
  k8s::ObjectRef snapshotRef(const std::string& name) const;
  k8s::ObjectRef podRef(const std::string& name) const;
  k8s::ObjectRef claimRef(const std::string& name) const;

  /// The objects as they are now; null when absent.
  json::Value noobaa() const { return get(noobaaRef()); }
  json::Value cluster() const { return get(clusterRef()); }
  json::Value backup(const std::string& name) const { return get(backupRef(name)); }
  json::Value snapshot(const std::string& name) const { return get(snapshotRef(name)); }
  json::Value get(const k8s::ObjectRef& ref) const;
  std::vector<std::string> backupNames() const;
  std::vector<std::string> snapshotNames() const;

  void editNoobaa(const Edit& edit) { server_.update(noobaaRef(), edit); }
  void editCluster(const Edit& edit) { server_.update(clusterRef(), edit); }

  void add(const PastBackup& backup);
  /// A Backup as a client creates it now: offline, by volume snapshot.
  void startBackup(const std::string& name);

  struct ScheduledBackup {
    std::string name;  // empty: the one that noobaa-operator makes
    std::string schedule = "0 0 2 * * *";
    bool suspended = false;
    bool owned_by_noobaa = true;
  };
  void add(const ScheduledBackup& scheduled);
  /// The Deployment of noobaa-operator with so many ready replicas.
  void addNoobaaOperator(int ready_replicas = 1);
  /// A claim that is being restored from a snapshot, and waits.
  void addPendingClaim(const std::string& name, const std::string& snapshot);
  /// Another Cluster whose spec.bootstrap.recovery refers to snapshots.
  void addClusterFrom(const std::string& name, const std::string& snapshot,
                      const std::string& wal_snapshot = "");
  /// One that refers to a Backup by its name instead.
  void addClusterFromBackup(const std::string& name, const std::string& backup);
  /// The shape's Cluster once more, in another CNPG group.
  void addClusterInGroup(const std::string& cnpg_group);

  /// Somebody other than the operator does this.
  void setInstanceReady(int number, bool ready);
  void fenceInstance(const std::string& instance);
  void hibernate();
  void setPhase(const std::string& phase);

 private:
  void defineTypes();
  void addRecoveredCluster(const std::string& name, json::Object recovery);
  void install();

  WorldOptions options_;
  BackdatedClock clock_;
  Faults faults_;
  ApiServer server_;
  CnpgOperator cnpg_;
  Snapshotter snapshotter_;
};

}  // namespace sim
