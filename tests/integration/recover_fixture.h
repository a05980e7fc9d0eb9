#pragma once

#include <optional>
#include <string>

#include "common/time/rfc3339.h"
#include "job/pass/recover.h"
#include "job/pass/sync.h"
#include "tests/integration/pass_fixture.h"

namespace job {

/// A database that was backed up and then lost: what people do before a recovery.
class RecoverTest : public PassTest {
 protected:
  static constexpr const char* kName = "backup-20250114-020000";

  explicit RecoverTest(sim::WorldOptions options = {}) : PassTest(std::move(options)) {
    settings_.timeout = std::chrono::minutes(10);
  }

  PassResult recover(const std::string& run_id = "run-1") {
    return inSession(run_id, "pod-1", job::recover);
  }
  PassResult sync() { return inSession("sync-run", "sync-pod", job::sync); }

  void want(const std::string& snapshot) {
    world_.editNoobaa([&](json::Value& noobaa) {
      noobaa["spec"]["dbSpec"]["dbRecovery"]["volumeSnapshotName"] = snapshot;
    });
  }
  void wantNothing() {
    world_.editNoobaa([](json::Value& noobaa) { noobaa["spec"]["dbSpec"]["dbRecovery"] = {}; });
  }
  void deleteCluster() { world_.server().remove(world_.clusterRef()); }
  /// The Cluster and all it owned are gone.
  void loseCluster() {
    deleteCluster();
    world_.advance(std::chrono::minutes(1));
  }
  /// Backed up, wished back, and lost.
  void lose(const std::string& snapshot = kName) {
    world_.add(sim::aBackup(kName).ours());
    want(snapshot);
    loseCluster();
  }

  /// By a pass that is at work for the next half hour.
  void holdLeaseByAnother() {
    const k8s::ObjectRef ref{{"coordination.k8s.io", "v1", "leases", "Lease"},
                             world_.shape().name_space,
                             world_.shape().clusterName() + "-db-backup"};
    json::Value lease = json::Object{{"apiVersion", ref.type.apiVersion()}, {"kind", "Lease"}};
    lease["metadata"]["name"] = ref.name;
    lease["metadata"]["namespace"] = ref.name_space;
    lease["spec"]["holderIdentity"] = "another";
    lease["spec"]["leaseDurationSeconds"] = 30;
    world_.server().create(lease);
    const timing::Instant now = world_.clock().now();
    for (auto at = now; at < now + std::chrono::minutes(30); at += std::chrono::seconds(5)) {
      world_.timeline().at(at, [this, ref, at] {
        world_.server().update(ref, [&](json::Value& object) {
          object["spec"]["renewTime"] = timing::formatMicroTime(at);
        });
      });
    }
  }

  /// "Running backup-20250114-020000 2025-01-15T02:01:00Z", "" when there is none.
  std::string recoveryStatus() {
    json::Value noobaa = world_.noobaa();
    std::string text;
    for (const char* field : {"status", "snapshotName", "recoveryTime"}) {
      const json::Value& value = noobaa["status"]["dbStatus"]["recoveryStatus"][field];
      if (value.string() == nullptr) continue;
      text += (text.empty() ? "" : " ") + *value.string();
    }
    return text;
  }
  std::string phase() {
    json::Value cluster = world_.cluster();
    const json::Value& phase = cluster["status"]["phase"];
    return phase.string() == nullptr ? "" : *phase.string();
  }
  std::string clusterUid() {
    json::Value cluster = world_.cluster();
    const json::Value& uid = cluster["metadata"]["uid"];
    return uid.string() == nullptr ? "" : *uid.string();
  }
  std::string sourceOf(const std::string& claim) {
    json::Value object = world_.get(world_.claimRef(claim));
    const json::Value& name = object["spec"]["dataSource"]["name"];
    return name.string() == nullptr ? "" : *name.string();
  }
  std::string instance(int number) const { return world_.shape().instanceName(number); }
};

}  // namespace job
