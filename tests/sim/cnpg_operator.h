#pragma once

#include <string>

#include "tests/sim/backup_controller.h"
#include "tests/sim/cluster_controller.h"
#include "tests/sim/instance_manager.h"

namespace sim {

/// CloudNativePG with the instances of its Clusters, for one API group: see BackupController and
/// InstanceManager. Acts on the timeline, in answer to changes of the server's objects.
class CnpgOperator {
 public:
  CnpgOperator(ApiServer& server, Timeline& timeline, const timing::Clock& clock,
               const std::string& cnpg_group, OperatorOptions options, const Faults& faults)
      : options_(options),
        instances_(server, timeline, clock, cnpg_group, options_.timing, faults),
        backups_(server, timeline, clock, instances_, cnpg_group, options_, faults),
        clusters_(server, timeline, clock, cnpg_group, options_.timing, faults) {}
  CnpgOperator(const CnpgOperator&) = delete;
  CnpgOperator& operator=(const CnpgOperator&) = delete;

 private:
  const OperatorOptions options_;
  InstanceManager instances_;
  BackupController backups_;
  ClusterController clusters_;
};

}  // namespace sim
