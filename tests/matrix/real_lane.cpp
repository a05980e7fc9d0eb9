#include "tests/matrix/real_lane.h"

#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "common/k8s/connection/yaml_to_json.h"
#include "tests/matrix/api.h"
#include "tests/matrix/stop.h"
#include "tests/sim/cluster_objects.h"
#include "tests/sim/fields.h"
#include "tests/sim/kinds.h"

namespace matrix {
namespace {

using json::Object;
using json::Value;
using std::chrono::minutes;
using std::chrono::seconds;

std::string variable(const char* name, const char* fallback = "") {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? fallback : value;
}

k8s::Connection connectionOf(const std::string& kubeconfig) {
  auto found = k8s::findConnection({kubeconfig, ""}, k8s::Surroundings::ofProcess());
  if (!found) throw std::runtime_error(found.error());
  return *std::move(found);
}

void create(Api& api, const k8s::ObjectRef& ref, const Value& object) {
  const auto made = api.client().create(ref, object, k8s::Idempotency::kYes, api.context(),
                                        [](const Value&) { return true; });
  if (!made) throw std::runtime_error(made.error().describe());
}

/// Best effort: it is cleaning up.
void remove(Api& api, const k8s::ObjectRef& ref) {
  const auto found = api.client().get(ref, api.context());
  if (!found) return;
  api.client().remove(ref, {.uid = sim::textAt(*found, {"metadata", "uid"})}, api.context());
}

k8s::ObjectRef noobaaCrd() {
  return {sim::crdType(), "", "noobaas.noobaa.io"};
}

/// True when it was absent.
bool installCrd(Api& api) {
  const auto found = api.client().get(noobaaCrd(), api.context());
  if (found) return false;
  if (!found.error().isNotFound()) throw std::runtime_error(found.error().describe());
  create(api, noobaaCrd(), k8s::jsonOf(YAML::LoadFile(NDB_NOOBAA_CRD)));
  const k8s::ObjectRef systems{sim::noobaaType(), "default", ""};
  while (!api.client().list(systems, k8s::ListOptions(), api.context())) {
    if (!pauseFor(seconds(1))) throw std::runtime_error("stopped");
  }
  return true;
}

std::string defaultSnapshotClass(Api& api) {
  const auto classes =
      api.client().list({sim::snapshotClassType(), "", ""}, k8s::ListOptions(), api.context());
  if (!classes) throw std::runtime_error(classes.error().describe());
  for (const Value& each : classes->items) {
    if (sim::annotation(each, "snapshot.storage.kubernetes.io/is-default-class") == "true") {
      return sim::textAt(each, {"metadata", "name"});
    }
  }
  throw std::runtime_error("there is no default VolumeSnapshotClass; set E2E_SNAPSHOT_CLASS");
}

Value volume() {
  Object spec{{"size", "1Gi"}};
  const std::string storage_class = variable("E2E_STORAGE_CLASS");
  if (!storage_class.empty()) spec.set("storageClass", storage_class);
  return spec;
}

/// Small, as many of them share a machine, and quick to stop.
Value databaseObject(const Installation& installation) {
  Object spec{
      {"instances", 1},
      {"stopDelay", 30},
      {"smartShutdownTimeout", 2},
      {"postgresql",
       Object{{"parameters", Object{{"shared_buffers", "32MB"}, {"max_connections", "20"}}}}},
      {"storage", volume()},
      {"walStorage", volume()},
      {"bootstrap",
       Object{{"initdb",
               Object{{"database", "nbcore"}, {"owner", "noobaa"}, {"localeCollate", "C"}}}}}};
  const std::string image = variable("E2E_POSTGRES_IMAGE");
  if (!image.empty()) spec.set("imageName", image);
  return Object{{"apiVersion", sim::clusterType(installation.cnpg_group).apiVersion()},
                {"kind", "Cluster"},
                {"metadata",
                 Object{{"name", Installation::kCluster}, {"namespace", installation.name_space}}},
                {"spec", std::move(spec)}};
}

Value systemObject(const Installation& installation, const std::string& snapshot_class) {
  Value object = Object{{"apiVersion", sim::noobaaType().apiVersion()},
                        {"kind", "NooBaa"},
                        {"metadata", Object{{"name", Installation::kSystem},
                                            {"namespace", installation.name_space}}}};
  Value& backup = object["spec"]["dbSpec"]["dbBackup"];
  backup["schedule"] = "0 2 * * *";
  backup["volumeSnapshot"]["volumeSnapshotClass"] = snapshot_class;
  backup["volumeSnapshot"]["maxSnapshots"] = installation.max_snapshots;
  return object;
}

class RealLane final : public Lane {
 public:
  RealLane(const k8s::Connection& connection, int number, const std::string& snapshot_class)
      : api_(connection) {
    installation_.connection = connection;
    installation_.name_space =
        "noobaa-db-backup-matrix-" + std::to_string(getpid()) + "-" + std::to_string(number);
    installation_.cnpg_group = variable("E2E_CNPG_API_GROUP", sim::kUpstreamCnpgGroup);
    try {
      install(snapshot_class);
    } catch (...) {
      removeAll();
      throw;
    }
  }
  ~RealLane() override { removeAll(); }
  RealLane(const RealLane&) = delete;
  RealLane& operator=(const RealLane&) = delete;

  const Installation& installation() const override { return installation_; }

  void settle() override {
    const auto patience = std::chrono::steady_clock::now() + minutes(15);
    while (!isReady()) {
      if (!pauseFor(seconds(1))) throw std::runtime_error("stopped");
      if (std::chrono::steady_clock::now() > patience) {
        throw std::runtime_error("the database in namespace " + installation_.name_space +
                                 " did not become ready");
      }
    }
  }

 private:
  k8s::ObjectRef nameSpace() const { return {sim::namespaceType(), "", installation_.name_space}; }
  k8s::ObjectRef database() const {
    return {sim::clusterType(installation_.cnpg_group), installation_.name_space,
            Installation::kCluster};
  }

  void install(const std::string& snapshot_class) {
    create(api_, nameSpace(),
           Object{{"apiVersion", "v1"},
                  {"kind", "Namespace"},
                  {"metadata", Object{{"name", installation_.name_space}}}});
    create(api_, {sim::noobaaType(), installation_.name_space, Installation::kSystem},
           systemObject(installation_, snapshot_class));
    create(api_, database(), databaseObject(installation_));
    settle();
  }

  bool isReady() {
    const auto cluster = api_.client().get(database(), api_.context());
    return cluster && sim::textAt(*cluster, {"status", "phase"}) == sim::kHealthyPhase &&
           sim::numberAt(*cluster, {"status", "readyInstances"}) == 1;
  }

  void removeAll() { remove(api_, nameSpace()); }

  Api api_;
  Installation installation_;
};

}  // namespace

RealCluster::RealCluster(const std::string& kubeconfig) : connection_(connectionOf(kubeconfig)) {
  Api api(connection_);
  made_crd_ = installCrd(api);
  snapshot_class_ = variable("E2E_SNAPSHOT_CLASS");
  if (snapshot_class_.empty()) snapshot_class_ = defaultSnapshotClass(api);
}

RealCluster::~RealCluster() {
  if (!made_crd_) return;
  Api api(connection_);
  remove(api, noobaaCrd());
}

std::unique_ptr<Lane> RealCluster::makeLane(int number) const {
  return std::make_unique<RealLane>(connection_, number, snapshot_class_);
}

}  // namespace matrix
