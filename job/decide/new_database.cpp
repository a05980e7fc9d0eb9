#include "job/decide/new_database.h"

#include <array>
#include <string_view>
#include <utility>

#include "common/json/view.h"
#include "job/decide/database_image.h"
#include "job/model/names.h"
#include "job/model/quantity.h"

namespace job {
namespace {

using json::Array;
using json::Object;
using json::Value;

constexpr std::string_view kDatabase = "nbcore";
constexpr std::string_view kOwner = "noobaa";
constexpr std::string_view kImportedServer = "imported-server";

/// What noobaa-operator (5.21 to 5.23, pkg/system/db_reconciler.go) gives a Cluster that the NooBaa
/// CR says nothing else of.
constexpr int kInstances = 2;
constexpr std::string_view kVolumeSize = "50Gi";
constexpr int kFailoverDelay = 30;
constexpr int kMaxEndpoints = 2;
struct Parameter {
  std::string_view name;
  std::string_view value;
};
constexpr std::array kParameters = {
    Parameter{"huge_pages", "off"},
    Parameter{"checkpoint_completion_target", "0.9"},
    Parameter{"default_statistics_target", "100"},
    Parameter{"random_page_cost", "1.1"},
    Parameter{"effective_io_concurrency", "300"},
    Parameter{"min_wal_size", "2GB"},
    Parameter{"max_wal_size", "8GB"},
    Parameter{"jit", "off"},
    Parameter{"wal_compression", "lz4"},
    Parameter{"wal_level", "replica"},
    Parameter{"wal_sender_timeout", "60s"},
    Parameter{"wal_receiver_timeout", "60s"},
    Parameter{"pg_stat_statements.track", "all"},
};

/// An endpoint holds up to 80 connections, NooBaa's core 60, and three are CNPG's own.
std::string connectionsFor(int endpoints) {
  return std::to_string(60 + 80 * endpoints + 3);
}

Value parametersFor(const DatabaseSpec& spec) {
  Object parameters;
  for (const auto& [name, value] : kParameters) parameters.set(name, value);
  parameters.set("max_connections", connectionsFor(spec.max_endpoints.value_or(kMaxEndpoints)));
  if (const Object* wanted = spec.parameters.object()) {
    for (const auto& [name, value] : *wanted) parameters.set(name, value);
  }
  return parameters;
}

Value storageFor(const DatabaseSpec& spec) {
  const std::string least =
      spec.min_volume_size.empty() ? std::string(kVolumeSize) : spec.min_volume_size;
  Object storage{{"size", greatestQuantity({least, spec.actual_volume_size})}};
  if (!spec.storage_class.empty()) storage.set("storageClass", spec.storage_class);
  const char* mode = spec.read_write_once ? "ReadWriteOnce" : "ReadWriteOncePod";
  storage.set("pvcTemplate", Object{{"accessModes", Array{mode}}});
  return storage;
}

Value affinityFor(const DatabaseSpec& spec) {
  Object affinity;
  if (!spec.node_affinity.isNull()) affinity.set("nodeAffinity", spec.node_affinity);
  if (!spec.topology_key.empty()) affinity.set("topologyKey", spec.topology_key);
  if (!spec.tolerations.isNull()) affinity.set("tolerations", spec.tolerations);
  return affinity;
}

/// By which the system's own Pods reach it.
Value certificatesFor(const NewDatabase& wishes) {
  const std::string service = wishes.system + "-db-pg";
  return Object{{"serverAltDNSNames", Array{service, service + "." + wishes.name_space,
                                            service + "." + wishes.name_space + ".svc"}}};
}

tl::expected<void, std::string> setImage(Value& cluster_spec, const DatabaseSpec& spec,
                                         const NewDatabase& wishes) {
  const std::string name = imageCatalogName(wishes.system);
  const std::optional<int> major = spec.wantedMajor();
  std::string problem = "ImageCatalog " + name + " does not exist";
  if (!wishes.catalog.isNull()) {
    const ImageCatalogReference reference{"ImageCatalog", name,
                                          major ? major : onlyMajorOf(wishes.catalog)};
    problem = catalogProblem(reference, wishes.catalog);
    if (problem.empty()) {
      cluster_spec["imageCatalogRef"] = Object{{"apiGroup", wishes.group},
                                               {"kind", reference.kind},
                                               {"name", name},
                                               {"major", *reference.major}};
      return {};
    }
  }
  const std::optional<int> of_image = majorOfImage(spec.image);
  if (!of_image) {
    return tl::unexpected(
        "which PostgreSQL image to run is not known: " + problem +
        ", and spec.dbSpec.image of the "
        "NooBaa CR " +
        (spec.image.empty() ? "is not set"
                            : "(" + spec.image +
                                  ") has no tag that begins with its PostgreSQL major, as "
                                  "CloudNativePG wants it") +
        "; create the ImageCatalog with an image of the major, or set spec.dbSpec.image");
  }
  if (major && of_image != major) {
    return tl::unexpected("spec.dbSpec.image of the NooBaa CR (" + spec.image +
                          ") is of PostgreSQL major " + std::to_string(*of_image) + ", but " +
                          std::to_string(*major) +
                          " is asked for (spec.dbSpec.postgresMajorVersion, else "
                          "status.dbStatus.currentPgMajorVersion); correct one of them");
  }
  cluster_spec["imageName"] = spec.image;
  return {};
}

void setBootstrap(Value& cluster_spec, const std::optional<ImportSource>& import) {
  Object initdb{{"database", kDatabase}, {"owner", kOwner}, {"localeCollate", "C"}};
  if (import) {
    initdb.set("import", Object{{"type", "microservice"},
                                {"databases", Array{kDatabase}},
                                {"source", Object{{"externalCluster", kImportedServer}}}});
    cluster_spec["externalClusters"] = Array{
        Object{{"name", kImportedServer},
               {"connectionParameters",
                Object{{"host", import->host}, {"user", import->user}, {"dbname", kDatabase}}},
               {"password", Object{{"name", import->secret}, {"key", "password"}}}}};
  }
  cluster_spec["bootstrap"] = Object{{"initdb", std::move(initdb)}};
}

}  // namespace

std::string imageCatalogName(const std::string& system) {
  return system + "-db-pg-image-catalog";
}

tl::expected<json::Value, std::string> newDatabase(const DatabaseSpec& spec,
                                                   const NewDatabase& wishes) {
  Value cluster_spec = Object{{"instances", spec.instances.value_or(kInstances)}};
  if (auto image = setImage(cluster_spec, spec, wishes); !image) {
    return tl::unexpected(std::move(image.error()));
  }
  setBootstrap(cluster_spec, wishes.import);
  cluster_spec["storage"] = storageFor(spec);
  if (!spec.resources.isNull()) cluster_spec["resources"] = spec.resources;
  cluster_spec["postgresql"] = Object{{"parameters", parametersFor(spec)}};
  if (Value affinity = affinityFor(spec); !affinity.object()->empty()) {
    cluster_spec["affinity"] = std::move(affinity);
  }
  if (!spec.priority_class.empty()) cluster_spec["priorityClassName"] = spec.priority_class;
  cluster_spec["inheritedMetadata"] = Object{{"labels", Object{{"app", "noobaa"}}}};
  Object monitoring{{"tls", Object{{"enabled", true}}}};
  if (spec.pod_monitor) monitoring.set("enablePodMonitor", true);
  cluster_spec["monitoring"] = std::move(monitoring);
  cluster_spec["certificates"] = certificatesFor(wishes);
  cluster_spec["failoverDelay"] = kFailoverDelay;
  if (!spec.snapshot_class.empty()) {
    cluster_spec["backup"] =
        Object{{"volumeSnapshot", Object{{"className", spec.snapshot_class}, {"online", false}}}};
  }

  const k8s::ResourceType type = clusterType(wishes.group);
  Object metadata{{"name", wishes.name}, {"namespace", wishes.name_space}};
  if (!wishes.owner.isNull()) metadata.set("ownerReferences", Array{wishes.owner});
  return Object{{"apiVersion", type.apiVersion()},
                {"kind", type.kind},
                {"metadata", std::move(metadata)},
                {"spec", std::move(cluster_spec)}};
}

json::Value withVolumesOf(json::Value cluster, const RecoverySource& source) {
  Value& spec = cluster["spec"];
  // Their sizes are their snapshots'.
  Value storage = spec["storage"];
  if (storage.object() != nullptr) storage.object()->erase("size");
  if (!source.wal.empty()) spec["walStorage"] = storage;
  Array tablespaces;
  for (const auto& [name, snapshot] : source.tablespaces) {
    tablespaces.push_back(Object{{"name", name}, {"storage", storage}});
  }
  if (!tablespaces.empty()) spec["tablespaces"] = std::move(tablespaces);
  return cluster;
}

}  // namespace job
