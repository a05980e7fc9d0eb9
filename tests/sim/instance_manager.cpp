#include "tests/sim/instance_manager.h"

#include <utility>

#include "common/json/write.h"
#include "tests/sim/cluster_objects.h"
#include "tests/sim/fencing.h"
#include "tests/sim/fields.h"
#include "tests/sim/kinds.h"
#include "tests/sim/object_meta.h"

namespace sim {
namespace {

std::string keyOf(const std::string& name_space, const std::string& instance) {
  return name_space + "/" + instance;
}

timing::Instant later(const timing::Clock& clock, timing::Duration delay) {
  return clock.now() + std::chrono::duration_cast<timing::Instant::duration>(delay);
}

timing::Instant::duration sinceZero(const timing::Clock& clock) {
  return std::chrono::duration_cast<timing::Instant::duration>(
      clock.monotonic().time_since_epoch());
}

}  // namespace

InstanceManager::InstanceManager(ApiServer& server, Timeline& timeline, const timing::Clock& clock,
                                 std::string cnpg_group, const OperatorTiming& timing,
                                 const Faults& faults)
    : server_(server),
      timeline_(timeline),
      clock_(clock),
      cnpg_group_(std::move(cnpg_group)),
      timing_(timing),
      faults_(faults),
      wall_at_zero_(clock.now() - sinceZero(clock)) {
  server_.onChange([this](const Change& change) { onChange(change); });
  server_.listenOnPods([this](const ApiServer::PodRequest& request) { return answer(request); });
}

std::optional<ControlData> InstanceManager::controlData(const json::Value& cluster,
                                                        const std::string& instance) const {
  if (faults_.controldata_missing) return std::nullopt;
  const bool primary = textAt(cluster, {"status", "currentPrimary"}) == instance;
  const bool clean = stopped_.contains(keyOf(namespaceOf(cluster), instance));
  ControlData data;
  if (clean) {
    data.state = primary ? "shut down" : "shut down in recovery";
  } else {
    data.state = primary ? "in production" : "in archive recovery";
  }
  const auto restored = restored_.find(keyOf(namespaceOf(cluster), instance));
  // A database does not go back when a clock does.
  data.checkpoint = restored != restored_.end() ? restored->second
                                                : checkpointAt(wall_at_zero_ + sinceZero(clock_));
  const std::string identifier = textAt(cluster, {"status", "systemID"});
  if (!identifier.empty()) data.system_identifier = identifier;
  if (!faults_.controldata_state.empty()) data.state = faults_.controldata_state;
  if (!faults_.controldata_checkpoint.empty()) data.checkpoint = faults_.controldata_checkpoint;
  data.modified = clock_.now();
  return data;
}

void InstanceManager::onChange(const Change& change) {
  if (change.type == Change::Type::kDeleted) {
    if (change.resource == podType()) {
      stopped_.erase(keyOf(namespaceOf(change.object), nameOf(change.object)));
      restored_.erase(keyOf(namespaceOf(change.object), nameOf(change.object)));
    }
    return;
  }
  if (change.resource == podType() && change.type == Change::Type::kAdded) {
    noteOrigin(change.object);
  }
  if (change.resource == clusterType(cnpg_group_)) followFence(change.object);
}

void InstanceManager::noteOrigin(const json::Value& pod) {
  const auto claim = server_.get({claimType(), namespaceOf(pod), nameOf(pod)});
  if (!claim) return;
  const auto snapshot = server_.get(
      {snapshotType(), namespaceOf(pod), textAt(*claim, {"spec", "dataSource", "name"})});
  if (!snapshot) return;
  const std::string checkpoint = checkpointIn(annotation(*snapshot, "cnpg.io/pgControldata"));
  if (!checkpoint.empty()) {
    restored_[keyOf(namespaceOf(pod), nameOf(pod))] = checkpointAfter(checkpoint);
  }
}

/// As CNPG's instance manager does: without controldata a 500 with the error's text.
std::optional<ApiServer::Response> InstanceManager::answer(
    const ApiServer::PodRequest& request) const {
  const auto cluster = clusterOf(namespaceOf(request.pod), label(request.pod, "cnpg.io/cluster"));
  if (!cluster || request.scheme != "https" || request.port != "8000") return std::nullopt;
  if (request.path != "/pg/controldata") {
    return ApiServer::Response{
        404, {{"Content-Type", "text/plain; charset=utf-8"}}, "404 page not found\n"};
  }
  const auto data = controlData(*cluster, nameOf(request.pod));
  if (!data) {
    return ApiServer::Response{500, {{"Content-Type", "text/plain"}}, "exit status 1\n"};
  }
  return ApiServer::Response{200,
                             {{"Content-Type", "application/json"}},
                             json::write(json::Object{{"data", formatControlData(*data)}})};
}

void InstanceManager::followFence(const json::Value& cluster) {
  const std::string name_space = namespaceOf(cluster);
  const std::string name = nameOf(cluster);
  for (const auto& pod : server_.list(podType(), name_space)) {
    const std::string instance = nameOf(pod);
    if (label(pod, "cnpg.io/cluster") != name) continue;
    const bool fenced = isFenced(cluster, instance);
    const bool stopped = stopped_.contains(keyOf(name_space, instance));
    if (fenced && !stopped && isReady(pod)) {
      timeline_.at(later(clock_, timing_.shutdown),
                   [=, this] { stop(name_space, name, instance); });
    } else if (!fenced && stopped) {
      timeline_.at(later(clock_, timing_.restart),
                   [=, this] { start(name_space, name, instance); });
    }
  }
}

void InstanceManager::stop(const std::string& name_space, const std::string& cluster,
                           const std::string& instance) {
  const auto current = clusterOf(name_space, cluster);
  if (!current || !isFenced(*current, instance)) return;
  if (!stopped_.insert(keyOf(name_space, instance)).second) return;
  setReady(server_, name_space, instance, false);
  countReadyInstances(server_, {clusterType(cnpg_group_), name_space, cluster});
}

void InstanceManager::start(const std::string& name_space, const std::string& cluster,
                            const std::string& instance) {
  const auto current = clusterOf(name_space, cluster);
  if (!current || isFenced(*current, instance)) return;
  if (stopped_.erase(keyOf(name_space, instance)) == 0) return;
  setReady(server_, name_space, instance, true);
  countReadyInstances(server_, {clusterType(cnpg_group_), name_space, cluster});
}

std::optional<json::Value> InstanceManager::clusterOf(const std::string& name_space,
                                                      const std::string& name) const {
  return server_.get({clusterType(cnpg_group_), name_space, name});
}

bool isReady(const json::Value& pod) {
  for (const auto& condition : elementsAt(pod, {"status", "conditions"})) {
    if (textAt(condition, {"type"}) == "ContainersReady") {
      return textAt(condition, {"status"}) == "True";
    }
  }
  return false;
}

void setReady(ApiServer& server, const std::string& name_space, const std::string& pod,
              bool ready) {
  server.update({podType(), name_space, pod}, [&](json::Value& object) {
    const char* status = ready ? "True" : "False";
    placeAt(object, {"status", "conditions"}) =
        json::Array{json::Object{{"type", "Ready"}, {"status", status}},
                    json::Object{{"type", "ContainersReady"}, {"status", status}}};
  });
}

void countReadyInstances(ApiServer& server, const k8s::ObjectRef& cluster) {
  json::Array ready;
  json::Array others;
  for (const auto& pod : server.list(podType(), cluster.name_space)) {
    if (label(pod, "cnpg.io/cluster") != cluster.name) continue;
    if (label(pod, "cnpg.io/podRole") != "instance") continue;
    (isReady(pod) ? ready : others).emplace_back(nameOf(pod));
  }
  server.update(cluster, [&](json::Value& object) {
    eraseAt(object, {"status", "readyInstances"});
    json::Object by_state;
    if (!ready.empty()) {
      placeAt(object, {"status", "readyInstances"}) = static_cast<std::int64_t>(ready.size());
      by_state.set("healthy", ready);
    }
    if (!others.empty()) by_state.set("failed", others);
    placeAt(object, {"status", "instancesStatus"}) = std::move(by_state);
  });
}

}  // namespace sim
