#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/api_server.h"
#include "tests/sim/faults.h"
#include "tests/sim/operator_options.h"
#include "tests/sim/timeline.h"

namespace sim {

/// The part of the CNPG operator that brings up a Cluster somebody created: empty, or from volume
/// snapshots. Says as little as the real one when it can't: an empty phase while a snapshot is
/// missing, "Setting up primary" for ever after a failed job. Also what takes claims away once they
/// are deleted.
class ClusterController {
 public:
  ClusterController(ApiServer& server, Timeline& timeline, const timing::Clock& clock,
                    std::string cnpg_group, const OperatorTiming& timing, const Faults& faults);

 private:
  struct Source {
    std::string role;
    std::string snapshot;
  };

  void onChange(const Change& change);
  void after(timing::Duration delay, std::function<void()> step);
  void lookAgain(const k8s::ObjectRef& ref, timing::Duration delay);
  void look(const k8s::ObjectRef& ref);

  void begin(const k8s::ObjectRef& ref, const json::Value& cluster);
  void adopt(const k8s::ObjectRef& ref, const json::Value& cluster, int instances);
  void setUpPrimary(const k8s::ObjectRef& ref, const json::Value& cluster);
  void joinReplica(const k8s::ObjectRef& ref, const json::Value& cluster);
  void startCrashing(const k8s::ObjectRef& ref, const json::Value& cluster);
  void startInstance(const k8s::ObjectRef& ref, const json::Value& cluster, int number);
  void startNextOrFinish(const k8s::ObjectRef& ref, int number);

  /// Creates the volumes of an instance, from snapshots where there are any, and the job that fills
  /// them.
  void createInstance(const json::Value& cluster, int number, std::string_view job);
  void finishJob(const json::Value& cluster, int number, std::string_view job);
  bool bindClaims(const json::Value& cluster, int number);
  bool canRestore(const json::Value& claim) const;

  /// All there, with the right roles, of one backup.
  bool sourcesAreReady(const json::Value& cluster) const;
  std::vector<json::Value> claimsOf(const json::Value& cluster) const;
  std::string driverOf(const json::Value& cluster) const;
  void setPhase(const k8s::ObjectRef& ref, std::string_view phase);

  ApiServer& server_;
  Timeline& timeline_;
  const timing::Clock& clock_;
  std::string cnpg_group_;
  const OperatorTiming& timing_;
  const Faults& faults_;
};

}  // namespace sim
