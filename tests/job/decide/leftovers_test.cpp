#include "job/decide/leftovers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/job/recovery_objects.h"

namespace job {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using State = Leftovers::State;

const std::string kCluster = "noobaa-db-pg-cluster";

json::Value ownerless(const std::string& name) {
  json::Value claim = aPartOfCluster("PersistentVolumeClaim", name);
  claim["metadata"].object()->erase("ownerReferences");
  return claim;
}

TEST(LeftoversTest, NothingLeftIsGone) {
  EXPECT_EQ(leftoversOf(kCluster, {}, {}, {}).state, State::kGone);
}

TEST(LeftoversTest, WhatStillStandsIsGoingAndNamed) {
  const Leftovers left = leftoversOf(kCluster, {aPartOfCluster("PersistentVolumeClaim", "c-1")},
                                     {aPartOfCluster("Pod", "p-2"), aPartOfCluster("Pod", "p-1")},
                                     {aPartOfCluster("Job", "j-1")});
  EXPECT_EQ(left.state, State::kGoing);
  EXPECT_THAT(left.going,
              ElementsAre("PersistentVolumeClaim c-1", "Pod p-1", "Pod p-2", "Job j-1"));
  EXPECT_THAT(left.words, HasSubstr("and 1 more"));
}

TEST(LeftoversTest, AClaimWhoseOwnerIsGoneWaitsForTheGarbageCollector) {
  EXPECT_EQ(leftoversOf(kCluster, {aClaim("c-1", "old")}, {}, {}).state, State::kGoing);
}

TEST(LeftoversTest, AClaimWithoutOwnerIsOrphanedWhateverElseIsGoing) {
  const Leftovers left =
      leftoversOf(kCluster, {ownerless("c-1")}, {aPartOfCluster("Pod", "c-1")}, {});
  EXPECT_EQ(left.state, State::kOrphaned);
  EXPECT_THAT(left.orphaned, ElementsAre("c-1"));
  EXPECT_THAT(left.words, HasSubstr("kubectl -n noobaa delete persistentvolumeclaim c-1"));
}

TEST(LeftoversTest, AClaimThatIsBeingDeletedIsNotOrphaned) {
  const json::Value claim =
      edited(ownerless("c-1"), R"({"metadata": {"deletionTimestamp": "2025-01-15T10:00:00Z"}})");
  EXPECT_EQ(leftoversOf(kCluster, {claim}, {}, {}).state, State::kGoing);
}

TEST(LeftoversTest, AnotherClustersObjectsAreLeftOut) {
  const json::Value other = edited(ownerless("c-1"), R"({"metadata": {"labels":
    {"cnpg.io/cluster": "noobaa-db-pg-cluster-drill"}}})");
  const Leftovers left = leftoversOf(kCluster, {other}, {other}, {other});
  EXPECT_EQ(left.state, State::kGone);
  EXPECT_THAT(left.going, IsEmpty());
}

}  // namespace
}  // namespace job
