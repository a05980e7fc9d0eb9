#include "job/decide/drill_demand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace job {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Key;
using testing::Not;
using testing::Pair;

json::Value aCluster() {
  json::Value cluster;
  cluster["apiVersion"] = "postgresql.cnpg.io/v1";
  cluster["spec"]["storage"] = json::Object{{"size", "50Gi"}, {"storageClass", "fast"}};
  return cluster;
}

TEST(DrillDemandTest, IsWhatCnpgMakesForOneInstance) {
  const Demand demand = demandOf(aCluster());
  EXPECT_THAT(demand, Contains(Pair("persistentvolumeclaims", "1")));
  EXPECT_THAT(demand, Contains(Pair("requests.storage", "53687091200")));
  EXPECT_THAT(demand, Contains(Pair("pods", "1")));
  EXPECT_THAT(demand, Contains(Pair("services", "3")));
  EXPECT_THAT(demand, Contains(Pair("secrets", "4")));
  EXPECT_THAT(demand, Contains(Pair("count/jobs.batch", "1")));
  EXPECT_THAT(demand, Contains(Pair("count/clusters.postgresql.cnpg.io", "1")));
  EXPECT_THAT(demand, Not(Contains(Key("requests.cpu"))));
}

TEST(DrillDemandTest, CountsEachVolumeInAllAndInItsClass) {
  json::Value cluster = aCluster();
  cluster["spec"]["walStorage"] = json::Object{{"size", "10Gi"}, {"storageClass", "slow"}};
  cluster["spec"]["tablespaces"] = json::Array{json::Object{
      {"name", "t"}, {"storage", json::Object{{"size", "1Gi"}, {"storageClass", "fast"}}}}};
  const Demand demand = demandOf(cluster);
  EXPECT_THAT(demand, Contains(Pair("persistentvolumeclaims", "3")));
  EXPECT_THAT(demand, Contains(Pair("requests.storage", "65498251264")));
  EXPECT_THAT(demand,
              Contains(Pair("fast.storageclass.storage.k8s.io/requests.storage", "54760833024")));
  EXPECT_THAT(demand,
              Contains(Pair("fast.storageclass.storage.k8s.io/persistentvolumeclaims", "2")));
  EXPECT_THAT(demand,
              Contains(Pair("slow.storageclass.storage.k8s.io/persistentvolumeclaims", "1")));
  EXPECT_THAT(storageClassesOf(cluster), ElementsAre("fast", "slow"));
}

TEST(DrillDemandTest, ReadsAClaimTemplateToo) {
  json::Value cluster = aCluster();
  json::Value& storage = cluster["spec"]["storage"];
  storage = json::Object{};
  storage["pvcTemplate"]["storageClassName"] = "fast";
  storage["pvcTemplate"]["resources"]["requests"]["storage"] = "2Gi";
  EXPECT_THAT(demandOf(cluster), Contains(Pair("requests.storage", "2147483648")));
  EXPECT_THAT(storageClassesOf(cluster), ElementsAre("fast"));
}

TEST(DrillDemandTest, OfTheDefaultClassNothingIsKnownButTheSize) {
  json::Value cluster = aCluster();
  cluster["spec"]["storage"] = json::Object{{"size", "1Gi"}};
  EXPECT_THAT(demandOf(cluster), Contains(Pair("requests.storage", "1073741824")));
  EXPECT_THAT(storageClassesOf(cluster), ElementsAre());
}

TEST(DrillDemandTest, HasThePodsResourcesOnce) {
  json::Value cluster = aCluster();
  cluster["spec"]["resources"]["requests"] = json::Object{{"cpu", "500m"}, {"memory", "1Gi"}};
  cluster["spec"]["resources"]["limits"] = json::Object{{"cpu", 2}};
  const Demand demand = demandOf(cluster);
  EXPECT_THAT(demand, Contains(Pair("requests.cpu", "500m")));
  EXPECT_THAT(demand, Contains(Pair("requests.memory", "1Gi")));
  EXPECT_THAT(demand, Contains(Pair("limits.cpu", "2")));
}

}  // namespace
}  // namespace job
