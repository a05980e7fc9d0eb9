#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "tests/sim/api_server.h"
#include "tests/sim/controldata.h"
#include "tests/sim/faults.h"
#include "tests/sim/operator_options.h"
#include "tests/sim/timeline.h"

namespace sim {

/// The instances of CNPG's Clusters with their kubelet: a fenced one stops its PostgreSQL, which
/// makes its Pod unready and the Cluster count one less; without its fence it starts again. Pods
/// that somebody else made unready are left alone. Answers GET /pg/controldata on port 8000, too.
class InstanceManager {
 public:
  InstanceManager(ApiServer& server, Timeline& timeline, const timing::Clock& clock,
                  std::string cnpg_group, const OperatorTiming& timing, const Faults& faults);

  /// What pg_controldata says of a Pod's instance now; empty when it does not answer.
  std::optional<ControlData> controlData(const json::Value& cluster,
                                         const std::string& instance) const;

 private:
  void onChange(const Change& change);
  /// A Pod began whose data volume comes from a snapshot: its database goes on from there.
  void noteOrigin(const json::Value& pod);
  std::optional<ApiServer::Response> answer(const ApiServer::PodRequest& request) const;
  void followFence(const json::Value& cluster);
  void stop(const std::string& name_space, const std::string& cluster, const std::string& instance);
  void start(const std::string& name_space, const std::string& cluster,
             const std::string& instance);
  std::optional<json::Value> clusterOf(const std::string& name_space,
                                       const std::string& name) const;

  ApiServer& server_;
  Timeline& timeline_;
  const timing::Clock& clock_;
  std::string cnpg_group_;
  const OperatorTiming& timing_;
  const Faults& faults_;
  timing::Instant wall_at_zero_;                 // of the monotonic clock, when this began
  std::set<std::string> stopped_;                // namespace/instance: shut down in good order
  std::map<std::string, std::string> restored_;  // namespace/instance: its first own checkpoint
};

bool isReady(const json::Value& pod);
void setReady(ApiServer& server, const std::string& name_space, const std::string& pod, bool ready);
/// Counts the ready Pods into the Cluster's status. The phase and the Ready condition stay as they
/// are, as CNPG leaves them while an instance is fenced.
void countReadyInstances(ApiServer& server, const k8s::ObjectRef& cluster);

}  // namespace sim
