#include "job/decide/cluster_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "job/model/names.h"
#include "tests/job/recovery_objects.h"

namespace job {
namespace {

using testing::HasSubstr;

const std::string kNooBaa{kNooBaaCnpgGroup};
const std::string kUpstream{kUpstreamCnpgGroup};

TEST(ClusterGroupTest, TheManifestsCountsWhenItIsServed) {
  EXPECT_EQ(groupOfNewCluster("auto", {kUpstream, kNooBaa}, aManifest()), kNooBaa);
}

TEST(ClusterGroupTest, AManifestOfAGroupThatIsGoneFollowsTheOneServed) {
  EXPECT_EQ(groupOfNewCluster("auto", {kUpstream}, aManifest()), kUpstream);
}

TEST(ClusterGroupTest, WithoutManifestTheOnlyOneServedCounts) {
  EXPECT_EQ(groupOfNewCluster("auto", {kUpstream}, nullptr), kUpstream);
}

TEST(ClusterGroupTest, NothingToTellByAsksForTheFlag) {
  const auto group = groupOfNewCluster("auto", {kUpstream, kNooBaa}, nullptr);
  ASSERT_FALSE(group);
  EXPECT_THAT(group.error(), HasSubstr("--cnpg-api-group"));
}

TEST(ClusterGroupTest, TheFlagDecidesWhereNothingElseDoes) {
  EXPECT_EQ(groupOfNewCluster(kUpstream, {kUpstream, kNooBaa}, nullptr), kUpstream);
}

TEST(ClusterGroupTest, AFlagAgainstTheManifestIsAnError) {
  const auto group = groupOfNewCluster(kUpstream, {kUpstream, kNooBaa}, aManifest());
  ASSERT_FALSE(group);
  EXPECT_THAT(group.error(), HasSubstr("is of a Cluster of " + kNooBaa));
}

TEST(ClusterGroupTest, AFlagThatNamesWhatIsNotServedIsAnError) {
  EXPECT_FALSE(groupOfNewCluster(kUpstream, {kNooBaa}, nullptr));
}

TEST(ClusterGroupTest, WithoutAnyCnpgThereIsNone) {
  const auto group = groupOfNewCluster("auto", {}, nullptr);
  ASSERT_FALSE(group);
  EXPECT_THAT(group.error(), HasSubstr("no CloudNativePG CRD is installed"));
}

}  // namespace
}  // namespace job
