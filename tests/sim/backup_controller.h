#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/api_server.h"
#include "tests/sim/faults.h"
#include "tests/sim/instance_manager.h"
#include "tests/sim/operator_options.h"
#include "tests/sim/snapshot_objects.h"
#include "tests/sim/timeline.h"

namespace sim {

/// The part of the CNPG operator that carries out Backups by volume snapshot. It keeps its state in
/// the objects and looks at each Backup anew, step by step, as the real one does: so a Backup
/// deleted underway leaves its fence, and snapshots that carry a Backup's name are taken for its
/// own. Backups of other methods are left alone.
class BackupController {
 public:
  BackupController(ApiServer& server, Timeline& timeline, const timing::Clock& clock,
                   const InstanceManager& instances, std::string cnpg_group,
                   const OperatorOptions& options, const Faults& faults);

 private:
  using Edit = std::function<void(json::Value&)>;
  /// What one look at a Backup works with.
  struct Look {
    k8s::ObjectRef ref;
    json::Value backup;
    json::Value cluster;
  };

  void onChange(const Change& change);
  void lookAgain(const k8s::ObjectRef& ref, timing::Duration delay);
  void look(const k8s::ObjectRef& ref);

  void begin(Look& now);
  void recordMajorVersion(const Look& now);
  void queue(const Look& now, timing::Duration delay);
  bool isTurnOf(const Look& now) const;
  std::optional<std::string> elect(const Look& now) const;
  void recordStart(Look& now, const std::string& instance);

  void proceed(Look& now);
  void prepare(Look& now);
  void cut(const Look& now);
  std::optional<std::string> cutObstacle(const Look& now, const std::vector<Volume>& volumes) const;
  std::vector<Volume> volumesToCut(const Look& now) const;
  void awaitProvisioned(Look& now, const std::vector<json::Value>& snapshots);
  void finalize(const Look& now, const std::vector<json::Value>& snapshots);
  void awaitReady(const Look& now, const std::vector<json::Value>& snapshots);
  void complete(const Look& now, const std::vector<json::Value>& snapshots);

  /// Deals with the snapshots' errors: fails the Backup, or has it looked at again; false when
  /// there are none.
  bool stumble(const Look& now, const std::vector<json::Value>& snapshots);
  /// The moment the first retryable error was seen, now if this is it.
  timing::Instant firstFailure(const Look& now);
  void refuse(const Look& now, const std::string& why);
  void fail(const Look& now, const std::string& why);

  void editBackup(const Look& now, const Edit& edit);
  void editCluster(const Look& now, const Edit& edit);
  void setBackupCondition(const Look& now, const char* status, const char* reason,
                          const std::string& message);
  std::vector<json::Value> snapshotsOf(const Look& now) const;
  std::optional<json::Value> podOf(const Look& now) const;
  k8s::ObjectRef clusterRef(const json::Value& backup) const;
  std::string timestamp() const;

  ApiServer& server_;
  Timeline& timeline_;
  const timing::Clock& clock_;
  const InstanceManager& instances_;
  std::string cnpg_group_;
  const OperatorOptions& options_;
  const Faults& faults_;
  std::map<std::string, std::uint64_t> planned_looks_;  // only the latest planned look counts
};

}  // namespace sim
