#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/json/value.h"
#include "job/failure.h"
#include "job/model/control_data.h"
#include "job/pass/session.h"

namespace job {

/// A drill's Cluster whose PostgreSQL answers.
struct AnsweringDrill {
  json::Value cluster;
  std::vector<std::string> volumes;  // names of PersistentVolumes
};

/// Follows the Cluster just created until its instance is ready and its volumes are proven to come
/// from the snapshot `data`. One that can't come up: 3, with the reason; not within --timeout: 124.
Outcome<AnsweringDrill> awaitDrill(Session& session, const k8s::ObjectRef& ref,
                                   const json::Value& created, const std::string& data);

/// Cluster.status.systemID; "" when it is not there.
std::string systemIdOf(const json::Value& cluster);

/// What pg_controldata says of the restored instance now, by the instance manager's port; a failure
/// where it can't be asked.
Outcome<ControlData> askControlData(Session& session, const json::Value& cluster);

}  // namespace job
