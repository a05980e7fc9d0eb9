#include "tests/sim/cluster_controller.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include "common/time/rfc3339.h"
#include "tests/sim/cluster_objects.h"
#include "tests/sim/controldata.h"
#include "tests/sim/fields.h"
#include "tests/sim/instance_manager.h"
#include "tests/sim/kinds.h"
#include "tests/sim/object_meta.h"
#include "tests/sim/volumes.h"

namespace sim {
namespace {

using json::Array;
using json::Object;
using json::Value;

constexpr std::string_view kSettingUp = "Setting up primary";
constexpr std::string_view kJoining = "Creating a new replica";
constexpr std::string_view kUnrecoverable =
    "Cluster is unrecoverable and needs manual intervention";
constexpr const char* kProtection = "kubernetes.io/pvc-protection";

std::string phaseOf(const Value& cluster) {
  return textAt(cluster, {"status", "phase"});
}

bool isRecovery(const Value& cluster) {
  return hasAt(cluster, {"spec", "bootstrap", "recovery", "volumeSnapshots"});
}

/// The snapshot that a volume is to be restored from, "" for none.
std::string sourceOf(const Value& cluster, const Volume& volume) {
  const Value* sources = valueAt(cluster, {"spec", "bootstrap", "recovery", "volumeSnapshots"});
  if (sources == nullptr) return "";
  if (volume.role == "PG_DATA") return textAt(*sources, {"storage", "name"});
  if (volume.role == "PG_WAL") return textAt(*sources, {"walStorage", "name"});
  return textAt(*sources, {"tablespaceStorage", volume.tablespace, "name"});
}

std::string primaryJob(const Value& cluster) {
  return isRecovery(cluster) ? "snapshot-recovery" : "initdb";
}

/// Bytes of a quantity such as 50Gi; 0 when it is none of those.
double bytes(const std::string& quantity) {
  double number = 0;
  const char* end = quantity.data() + quantity.size();
  const char* unit = std::from_chars(quantity.data(), end, number).ptr;
  static constexpr std::string_view kUnits = "KMGT";
  if (unit == end) return number;
  const auto power = kUnits.find(*unit);
  if (power == std::string_view::npos) return 0;
  const double step = std::string_view(unit, end).ends_with('i') ? 1024 : 1000;
  for (std::size_t i = 0; i <= power; ++i) number *= step;
  return number;
}

Value jobObject(const Value& cluster, const std::string& name) {
  return Object{{"apiVersion", jobType().apiVersion()},
                {"kind", "Job"},
                {"metadata", Object{{"name", name},
                                    {"namespace", namespaceOf(cluster)},
                                    {"labels", Object{{"cnpg.io/cluster", nameOf(cluster)}}},
                                    {"ownerReferences", Array{ownerReference(cluster, true)}}}},
                {"spec", Object{{"backoffLimit", 6}}},
                {"status", Object{{"active", 1}}}};
}

}  // namespace

ClusterController::ClusterController(ApiServer& server, Timeline& timeline,
                                     const timing::Clock& clock, std::string cnpg_group,
                                     const OperatorTiming& timing, const Faults& faults)
    : server_(server),
      timeline_(timeline),
      clock_(clock),
      cnpg_group_(std::move(cnpg_group)),
      timing_(timing),
      faults_(faults) {
  server_.onChange([this](const Change& change) { onChange(change); });
}

void ClusterController::onChange(const Change& change) {
  const k8s::ObjectRef ref{change.resource, namespaceOf(change.object), nameOf(change.object)};
  if (change.resource == clusterType(cnpg_group_) && change.type == Change::Type::kAdded &&
      phaseOf(change.object).empty()) {
    lookAgain(ref, timing_.reaction);
  }
  if (change.resource == claimType() && change.type == Change::Type::kModified &&
      isTerminating(change.object) && !faults_.claims_never_go) {
    after(timing_.claim_removal, [this, ref] {
      server_.update(ref, [](Value& claim) {
        auto finalizers = finalizersOf(claim);
        std::erase(finalizers, kProtection);
        placeAt(claim, {"metadata", "finalizers"}) = arrayOf(finalizers);
      });
    });
  }
}

void ClusterController::after(timing::Duration delay, std::function<void()> step) {
  timeline_.at(clock_.now() + std::chrono::duration_cast<timing::Instant::duration>(delay),
               std::move(step));
}

void ClusterController::lookAgain(const k8s::ObjectRef& ref, timing::Duration delay) {
  after(delay, [this, ref] { look(ref); });
}

void ClusterController::look(const k8s::ObjectRef& ref) {
  const auto cluster = server_.get(ref);
  if (!cluster || isTerminating(*cluster)) return;
  const std::string phase = phaseOf(*cluster);
  if (phase.empty()) {
    begin(ref, *cluster);
  } else if (phase == kSettingUp) {
    setUpPrimary(ref, *cluster);
  } else if (phase == kJoining) {
    joinReplica(ref, *cluster);
  }
}

void ClusterController::begin(const k8s::ObjectRef& ref, const json::Value& cluster) {
  const auto claims = claimsOf(cluster);
  if (std::any_of(claims.begin(), claims.end(), isTerminating)) {
    setPhase(ref, kUnrecoverable);
    return;
  }
  if (!claims.empty()) {
    std::set<std::string> instances;
    for (const auto& claim : claims) instances.insert(label(claim, "cnpg.io/instanceName"));
    adopt(ref, cluster, static_cast<int>(instances.size()));
    return;
  }
  if (!sourcesAreReady(cluster)) {
    lookAgain(ref, timing_.source_retry);
    return;
  }
  createInstance(cluster, 1, primaryJob(cluster));
  server_.update(ref, [&](Value& object) {
    placeAt(object, {"status", "latestGeneratedNode"}) = 1;
    placeAt(object, {"status", "instances"}) = 1;
    placeAt(object, {"status", "targetPrimary"}) = instanceName(cluster, 1);
    placeAt(object, {"status", "image"}) = textAt(object, {"spec", "imageName"});
    placeAt(object, {"status", "pgDataImageInfo", "majorVersion"}) =
        numberAt(object, {"spec", "imageCatalogRef", "major"}, 16);
  });
  // The volumes that have no source keep the operator from going on, without a word.
  for (const auto& volume : volumesOf(cluster, instanceName(cluster, 1), "")) {
    if (isRecovery(cluster) && sourceOf(cluster, volume).empty()) return;
  }
  setPhase(ref, kSettingUp);
  lookAgain(ref, timing_.bootstrap);
}

/// Volumes that are already there win over what spec.bootstrap says.
void ClusterController::adopt(const k8s::ObjectRef& ref, const json::Value& cluster,
                              int instances) {
  for (const auto& claim : claimsOf(cluster)) {
    server_.update({claimType(), ref.name_space, nameOf(claim)}, [&](Value& object) {
      placeAt(object, {"metadata", "ownerReferences"}) = Array{ownerReference(cluster, true)};
    });
  }
  server_.update(ref, [&](Value& object) {
    eraseAt(object, {"metadata", "annotations", "cnpg.io/fencedInstances"});
    placeAt(object, {"status", "currentPrimary"}) = instanceName(cluster, 1);
    placeAt(object, {"status", "targetPrimary"}) = instanceName(cluster, 1);
    placeAt(object, {"status", "latestGeneratedNode"}) = instances;
    placeAt(object, {"status", "systemID"}) = ControlData().system_identifier;
  });
  for (int number = 1; number <= instances; ++number) {
    server_.create(podObject(*server_.get(ref), number));
  }
  countReadyInstances(server_, ref);
  startNextOrFinish(ref, instances);
}

void ClusterController::setUpPrimary(const k8s::ObjectRef& ref, const json::Value& cluster) {
  if (!bindClaims(cluster, 1)) {
    lookAgain(ref, timing_.poll);
    return;
  }
  finishJob(cluster, 1, primaryJob(cluster));
  if (faults_.recovery_job_fails) return;
  startInstance(ref, cluster, 1);
}

void ClusterController::joinReplica(const k8s::ObjectRef& ref, const json::Value& cluster) {
  const auto number = static_cast<int>(numberAt(cluster, {"status", "latestGeneratedNode"}));
  bindClaims(cluster, number);
  finishJob(cluster, number, "join");
  startInstance(ref, cluster, number);
}

/// The restore went well, as it looks at nothing: what is wrong with the data shows now.
void ClusterController::startCrashing(const k8s::ObjectRef& ref, const json::Value& cluster) {
  Value pod = podObject(cluster, 1);
  constexpr int kRestarts = 5;
  placeAt(pod, {"status", "conditions"}) =
      Array{Object{{"type", "Ready"}, {"status", "False"}},
            Object{{"type", "ContainersReady"}, {"status", "False"}}};
  placeAt(pod, {"status", "containerStatuses"}) = Array{
      Object{{"name", "postgres"},
             {"ready", false},
             {"restartCount", kRestarts},
             {"state", Object{{"waiting", Object{{"reason", "CrashLoopBackOff"}}}}},
             {"lastState", Object{{"terminated", Object{{"exitCode", 1}, {"reason", "Error"}}}}}}};
  server_.create(pod);
  setPhase(ref, "Waiting for the instances to become active");
}

void ClusterController::startInstance(const k8s::ObjectRef& ref, const json::Value& cluster,
                                      int number) {
  if (faults_.instance_crashes) return startCrashing(ref, cluster);
  server_.create(podObject(cluster, number));
  countReadyInstances(server_, ref);
  if (number == 1) {
    server_.update(ref, [&](Value& object) {
      placeAt(object, {"status", "currentPrimary"}) = instanceName(cluster, 1);
      placeAt(object, {"status", "systemID"}) = faults_.restored_system_id.empty()
                                                    ? ControlData().system_identifier
                                                    : faults_.restored_system_id;
    });
  }
  startNextOrFinish(ref, number);
}

void ClusterController::startNextOrFinish(const k8s::ObjectRef& ref, int number) {
  const Value cluster = *server_.get(ref);
  if (number < numberAt(cluster, {"spec", "instances"}, 1)) {
    createInstance(cluster, number + 1, "join");
    server_.update(ref, [&](Value& object) {
      placeAt(object, {"status", "latestGeneratedNode"}) = number + 1;
      placeAt(object, {"status", "instances"}) = number + 1;
    });
    setPhase(ref, kJoining);
    lookAgain(ref, timing_.bootstrap);
    return;
  }
  setPhase(ref, kHealthyPhase);
}

void ClusterController::createInstance(const json::Value& cluster, int number,
                                       std::string_view job) {
  for (const auto& volume : volumesOf(cluster, instanceName(cluster, number), "")) {
    const std::string source = number == 1 ? sourceOf(cluster, volume) : "";
    if (number == 1 && isRecovery(cluster) && source.empty()) continue;
    Value claim = claimObject(cluster, number, volume, driverOf(cluster));
    placeAt(claim, {"status"}) = Object{{"phase", "Pending"}};
    eraseAt(claim, {"spec", "volumeName"});
    if (!source.empty()) {
      const Value reference = Object{
          {"apiGroup", "snapshot.storage.k8s.io"}, {"kind", "VolumeSnapshot"}, {"name", source}};
      placeAt(claim, {"spec", "dataSource"}) = reference;
      placeAt(claim, {"spec", "dataSourceRef"}) = reference;
    }
    server_.create(claim);
  }
  server_.create(jobObject(cluster, instanceName(cluster, number) + "-" + std::string(job)));
}

void ClusterController::finishJob(const json::Value& cluster, int number, std::string_view job) {
  const bool fails = number == 1 && faults_.recovery_job_fails;
  const std::string name = instanceName(cluster, number) + "-" + std::string(job);
  server_.update({jobType(), namespaceOf(cluster), name}, [&](Value& object) {
    const std::string now = timing::formatRfc3339(clock_.now());
    Object condition{
        {"type", fails ? "Failed" : "Complete"}, {"status", "True"}, {"lastTransitionTime", now}};
    if (fails) {
      condition.set("reason", "BackoffLimitExceeded");
      condition.set("message", "Job has reached the specified backoff limit");
    }
    placeAt(object, {"status"}) =
        Object{{fails ? "failed" : "succeeded", 1}, {"conditions", Array{std::move(condition)}}};
  });
}

bool ClusterController::bindClaims(const json::Value& cluster, int number) {
  bool all_bound = true;
  for (const auto& volume : volumesOf(cluster, instanceName(cluster, number), "")) {
    const k8s::ObjectRef ref{claimType(), namespaceOf(cluster), volume.claim};
    const auto claim = server_.get(ref);
    if (!claim || !canRestore(*claim)) {
      all_bound = false;
      continue;
    }
    server_.update(ref, [&](Value& object) {
      placeAt(object, {"spec", "volumeName"}) = "pv-" + volume.claim;
      placeAt(object, {"status"}) =
          Object{{"phase", "Bound"}, {"capacity", Object{{"storage", volume.size}}}};
    });
  }
  return all_bound;
}

bool ClusterController::canRestore(const json::Value& claim) const {
  const std::string source = textAt(claim, {"spec", "dataSource", "name"});
  if (source.empty()) return true;
  const auto snapshot = server_.get({snapshotType(), namespaceOf(claim), source});
  return snapshot && flagAt(*snapshot, {"status", "readyToUse"}) &&
         bytes(textAt(claim, {"spec", "resources", "requests", "storage"})) >=
             bytes(textAt(*snapshot, {"status", "restoreSize"}));
}

bool ClusterController::sourcesAreReady(const json::Value& cluster) const {
  std::optional<std::string> backup;
  for (const auto& volume : volumesOf(cluster, instanceName(cluster, 1), "")) {
    const std::string source = sourceOf(cluster, volume);
    if (source.empty()) continue;
    const auto snapshot = server_.get({snapshotType(), namespaceOf(cluster), source});
    if (!snapshot || annotation(*snapshot, "cnpg.io/pvcRole") != volume.role) return false;
    if (label(*snapshot, "cnpg.io/backupName") !=
        backup.value_or(label(*snapshot, "cnpg.io/backupName"))) {
      return false;
    }
    backup = label(*snapshot, "cnpg.io/backupName");
  }
  return true;
}

std::vector<json::Value> ClusterController::claimsOf(const json::Value& cluster) const {
  auto claims = server_.list(claimType(), namespaceOf(cluster));
  std::erase_if(claims, [&](const Value& claim) {
    return label(claim, "cnpg.io/cluster") != nameOf(cluster);
  });
  return claims;
}

std::string ClusterController::driverOf(const json::Value& cluster) const {
  const auto storage_class =
      server_.get({storageClassType(), "", textAt(cluster, {"spec", "storage", "storageClass"})});
  return storage_class ? textAt(*storage_class, {"provisioner"}) : std::string();
}

void ClusterController::setPhase(const k8s::ObjectRef& ref, std::string_view phase) {
  const bool healthy = phase == kHealthyPhase;
  server_.update(ref, [&](Value& object) {
    placeAt(object, {"status", "phase"}) = std::string(phase);
    placeAt(object, {"status", "conditions"}) =
        Array{Object{{"type", "Ready"},
                     {"status", healthy ? "True" : "False"},
                     {"reason", healthy ? "ClusterIsReady" : "ClusterIsNotReady"},
                     {"message", healthy ? "Cluster is Ready" : "Cluster Is Not Ready"}}};
  });
}

}  // namespace sim
