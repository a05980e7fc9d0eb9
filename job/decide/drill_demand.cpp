#include "job/decide/drill_demand.h"

#include <cmath>
#include <cstdint>
#include <map>
#include <set>

#include "common/json/view.h"
#include "job/model/quantity.h"

namespace job {
namespace {

/// One volume of the instance, by spec.storage, walStorage or a tablespace's storage.
struct VolumeDemand {
  double bytes = 0;
  std::string storage_class;  // "": the default one, whose name is not known here
};

VolumeDemand volumeIn(const json::View& storage) {
  const json::View claim = storage["pvcTemplate"];
  VolumeDemand volume;
  volume.storage_class = storage["storageClass"].stringOr(claim["storageClassName"].stringOr(""));
  const std::string size =
      storage["size"].stringOr(claim["resources"]["requests"]["storage"].stringOr(""));
  volume.bytes = bytesOfQuantity(size).value_or(0);
  return volume;
}

std::vector<VolumeDemand> volumesIn(const json::Value& cluster) {
  json::Decoder decoder(cluster);
  const json::View spec = decoder.root()["spec"];
  std::vector<VolumeDemand> volumes{volumeIn(spec["storage"])};
  if (spec["walStorage"].present()) volumes.push_back(volumeIn(spec["walStorage"]));
  for (const json::View& tablespace : spec["tablespaces"].elements()) {
    volumes.push_back(volumeIn(tablespace["storage"]));
  }
  return volumes;
}

void addVolumes(const json::Value& cluster, Demand& demand) {
  std::map<std::string, double> bytes;
  std::map<std::string, int> claims;
  for (const VolumeDemand& volume : volumesIn(cluster)) {
    std::vector<std::string> scopes{""};
    if (!volume.storage_class.empty()) {
      scopes.push_back(volume.storage_class + ".storageclass.storage.k8s.io/");
    }
    for (const std::string& scope : scopes) {
      bytes[scope + "requests.storage"] += volume.bytes;
      ++claims[scope + "persistentvolumeclaims"];
    }
  }
  for (const auto& [name, sum] : bytes) {
    demand[name] = std::to_string(static_cast<std::int64_t>(std::ceil(sum)));
  }
  for (const auto& [name, count] : claims) demand[name] = std::to_string(count);
}

/// The recovery's Pod and the instance's have the same resources, and come one after the other.
void addCompute(const json::Value& cluster, Demand& demand) {
  json::Decoder decoder(cluster);
  const json::View resources = decoder.root()["spec"]["resources"];
  for (const char* kind : {"requests", "limits"}) {
    const json::View amounts = resources[kind];
    if (!amounts.present() || amounts.value()->object() == nullptr) continue;
    for (const auto& [name, amount] : *amounts.value()->object()) {
      if (const std::string* text = amount.string()) demand[std::string(kind) + "." + name] = *text;
      if (const std::int64_t* number = amount.integer()) {
        demand[std::string(kind) + "." + name] = std::to_string(*number);
      }
    }
  }
}

}  // namespace

Demand demandOf(const json::Value& cluster) {
  // As of CNPG 1.27 to 1.30: Services -rw, -ro and -r; Secrets -ca, -server, -replication and -app.
  Demand demand{{"pods", "1"},
                {"services", "3"},
                {"secrets", "4"},
                {"count/jobs.batch", "1"},
                {"count/serviceaccounts", "1"},
                {"count/roles.rbac.authorization.k8s.io", "1"},
                {"count/rolebindings.rbac.authorization.k8s.io", "1"}};
  json::Decoder decoder(cluster);
  const std::string version = decoder.root()["apiVersion"].stringOr("");
  demand["count/clusters." + version.substr(0, version.find('/'))] = "1";
  addVolumes(cluster, demand);
  addCompute(cluster, demand);
  return demand;
}

std::vector<std::string> storageClassesOf(const json::Value& cluster) {
  std::set<std::string> names;
  for (const VolumeDemand& volume : volumesIn(cluster)) {
    if (!volume.storage_class.empty()) names.insert(volume.storage_class);
  }
  return {names.begin(), names.end()};
}

}  // namespace job
