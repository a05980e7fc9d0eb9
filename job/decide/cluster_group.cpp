#include "job/decide/cluster_group.h"

#include <algorithm>

#include "common/json/view.h"
#include "job/model/joined.h"

namespace job {
namespace {

std::string groupOf(const json::Value& manifest) {
  json::Decoder decoder(manifest);
  const std::string version = decoder.root()["apiVersion"].stringOr("");
  const std::size_t slash = version.find('/');
  return slash == std::string::npos ? std::string() : version.substr(0, slash);
}

}  // namespace

tl::expected<std::string, std::string> groupOfNewCluster(std::string_view asked,
                                                         const std::vector<std::string>& served,
                                                         const json::Value& manifest) {
  const auto is_served = [&](std::string_view group) {
    return std::find(served.begin(), served.end(), group) != served.end();
  };
  const std::string before = groupOf(manifest);
  if (asked != "auto") {
    const std::string group(asked);
    if (!is_served(asked)) {
      return tl::unexpected("--cnpg-api-group " + group +
                            ": this API server does not serve it; install that CloudNativePG "
                            "operator, or name another group");
    }
    if (group != before && is_served(before)) {
      return tl::unexpected("--cnpg-api-group " + group + ": the backup is of a Cluster of " +
                            before + ", which is served too; leave the flag out");
    }
    return group;
  }
  if (is_served(before)) return before;
  if (served.empty()) {
    return tl::unexpected(std::string(
        "no CloudNativePG CRD is installed (neither postgresql.cnpg.noobaa.io nor "
        "postgresql.cnpg.io is served); install the operator, or check that the kubeconfig reaches "
        "the right cluster"));
  }
  if (served.size() > 1) {
    return tl::unexpected("both " + joined(served, " and ") +
                          " are served; say with --cnpg-api-group which one the Cluster is for");
  }
  return served.front();
}

}  // namespace job
