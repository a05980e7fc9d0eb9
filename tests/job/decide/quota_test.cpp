#include "job/decide/quota.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/json/parse.h"

namespace job {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

json::Value quota(const std::string& hard, const std::string& used,
                  const std::string& scopes = "") {
  return *json::parse(R"({"metadata":{"name":"team"},"spec":{"hard":)" + hard + scopes +
                      R"(},"status":{"hard":)" + hard + R"(,"used":)" + used + "}}");
}

const Demand kOneSnapshot = {{"count/volumesnapshots.snapshot.storage.k8s.io", "1"}};

TEST(QuotaTest, WhatFitsExactlyIsAllowed) {
  EXPECT_THAT(exceededQuotas({quota(R"({"pods":"10","requests.storage":"100Gi"})",
                                    R"({"pods":"9","requests.storage":"50Gi"})")},
                             {{"pods", "1"}, {"requests.storage", "50Gi"}}),
              IsEmpty());
}

TEST(QuotaTest, TellsWhatIsUsedAllowedNeededAndMissing) {
  EXPECT_THAT(
      exceededQuotas({quota(R"({"requests.storage":"100Gi"})", R"({"requests.storage":"80Gi"})")},
                     {{"requests.storage", "50Gi"}}),
      ElementsAre("ResourceQuota team: 80Gi of 100Gi requests.storage are used, 50Gi more are "
                  "needed: 30Gi too many"));
}

TEST(QuotaTest, CountsObjectsOfAnyResource) {
  const auto full = quota(R"({"count/volumesnapshots.snapshot.storage.k8s.io":"6"})",
                          R"({"count/volumesnapshots.snapshot.storage.k8s.io":"6"})");
  EXPECT_THAT(exceededQuotas({full}, kOneSnapshot), ElementsAre(HasSubstr("1 too many")));
  EXPECT_THAT(exceededQuotas({full}, {{"count/backups.postgresql.cnpg.io", "1"}}), IsEmpty());
}

TEST(QuotaTest, EachQuotaAndLimitIsAClause) {
  EXPECT_THAT(exceededQuotas({quota(R"({"pods":"1","persistentvolumeclaims":"1"})",
                                    R"({"pods":"1","persistentvolumeclaims":"1"})"),
                              quota(R"({"pods":"2"})", R"({"pods":"2"})")},
                             {{"pods", "1"}, {"persistentvolumeclaims", "1"}}),
              ElementsAre(HasSubstr("1 of 1 pods"), HasSubstr("1 of 1 persistentvolumeclaims"),
                          HasSubstr("2 of 2 pods")));
}

TEST(QuotaTest, UnitsMayDiffer) {
  const auto cpu = quota(R"({"requests.cpu":"1"})", R"({"requests.cpu":"700m"})");
  EXPECT_THAT(exceededQuotas({cpu}, {{"requests.cpu", "0.3"}}), IsEmpty());
  EXPECT_THAT(exceededQuotas({cpu}, {{"requests.cpu", "500m"}}),
              ElementsAre(HasSubstr("500m more are needed: 200m too many")));
  const auto storage = quota(R"({"requests.storage":"1G"})", R"({"requests.storage":"0"})");
  EXPECT_THAT(exceededQuotas({storage}, {{"requests.storage", "1Gi"}}), testing::SizeIs(1));
}

TEST(QuotaTest, ASumOfFractionsIsNotRoundedUp) {
  EXPECT_THAT(
      exceededQuotas({quota(R"({"cpu":"300m"})", R"({"cpu":"100m"})")}, {{"requests.cpu", "200m"}}),
      IsEmpty());
}

TEST(QuotaTest, ShortNamesMeanTheSame) {
  const Demand demand = {{"requests.cpu", "1"}, {"requests.memory", "1Gi"}, {"pods", "1"}};
  EXPECT_THAT(exceededQuotas({quota(R"({"cpu":"0","memory":"0","count/pods":"0"})", "{}")}, demand),
              testing::SizeIs(3));
  EXPECT_THAT(exceededQuotas({quota(R"({"limits.cpu":"0"})", "{}")}, demand), IsEmpty());
}

TEST(QuotaTest, ALimitOfOneStorageClassIsThatClassesAlone) {
  const auto fast = quota(R"({"fast.storageclass.storage.k8s.io/requests.storage":"1Gi"})", "{}");
  EXPECT_THAT(exceededQuotas({fast}, {{"requests.storage", "2Gi"}}), IsEmpty());
  EXPECT_THAT(
      exceededQuotas({fast}, {{"fast.storageclass.storage.k8s.io/requests.storage", "2Gi"}}),
      ElementsAre(HasSubstr("1Gi too many")));
}

TEST(QuotaTest, WithoutAStatusTheSpecBinds) {
  const auto fresh =
      json::parse(R"({"metadata":{"name":"new"},"spec":{"hard":{"pods":"0"}}})").value();
  EXPECT_THAT(exceededQuotas({fresh}, {{"pods", "1"}}), ElementsAre(HasSubstr("0 of 0 pods")));
}

TEST(QuotaTest, AQuotaForOtherPodsIsNoLimit) {
  const Demand demand = {{"pods", "1"}, {"requests.cpu", "1"}};
  for (const char* others : {
           R"(,"scopes":["Terminating"])",
           R"(,"scopes":["BestEffort"])",
           R"(,"scopes":["NotTerminating","BestEffort"])",
           R"(,"scopeSelector":{"matchExpressions":[
               {"scopeName":"PriorityClass","operator":"In","values":["high"]}]})",
           R"(,"scopeSelector":{"matchExpressions":[
               {"scopeName":"CrossNamespacePodAffinity","operator":"Exists"}]})",
       }) {
    EXPECT_THAT(exceededQuotas({quota(R"({"pods":"0"})", "{}", others)}, demand), IsEmpty())
        << others;
  }
}

TEST(QuotaTest, AQuotaForPodsLikeOursIsALimit) {
  const Demand demand = {{"pods", "1"}, {"requests.cpu", "1"}};
  for (const char* ours : {
           R"(,"scopes":["NotTerminating"])",
           R"(,"scopes":["NotBestEffort"])",
           R"(,"scopeSelector":{"matchExpressions":[
               {"scopeName":"PriorityClass","operator":"DoesNotExist"}]})",
       }) {
    EXPECT_THAT(exceededQuotas({quota(R"({"pods":"0"})", "{}", ours)}, demand), testing::SizeIs(1))
        << ours;
  }
  EXPECT_THAT(exceededQuotas({quota(R"({"pods":"0"})", "{}", R"(,"scopes":["BestEffort"])")},
                             {{"pods", "1"}}),
              testing::SizeIs(1));
}

TEST(QuotaTest, NothingNeededExceedsNothing) {
  EXPECT_THAT(exceededQuotas({quota(R"({"pods":"1"})", R"({"pods":"2"})")}, {{"pods", "0"}}),
              IsEmpty());
  EXPECT_THAT(exceededQuotas({}, kOneSnapshot), IsEmpty());
}

TEST(QuotaTest, WhatIsNoQuantityIsNoLimit) {
  EXPECT_THAT(
      exceededQuotas({quota(R"({"pods":"many"})", "{}"), json::Value("odd")}, {{"pods", "1"}}),
      IsEmpty());
}

}  // namespace
}  // namespace job
