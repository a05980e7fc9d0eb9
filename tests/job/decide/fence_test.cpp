#include "job/decide/fence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/job/builders.h"

namespace job {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

class DecideFenceTest : public testing::Test {
 protected:
  const std::string primary_ = std::string(kTestCluster) + "-1";
  const std::string standby_ = std::string(kTestCluster) + "-2";  // of aBackup

  DecideFenceTest() { cluster_.fenced_instances = {standby_}; }

  std::vector<Fence> fences() const { return explainFences(cluster_, backups_); }
  /// The one there is.
  Fence fence() const {
    const auto found = fences();
    EXPECT_THAT(found, SizeIs(1));
    return found.at(0);
  }
  std::string words() const { return describe(fences(), cluster_); }
  std::string cure() const { return howToLift(fences(), cluster_); }

  Cluster cluster_ = aCluster();
  std::vector<Backup> backups_;
};

TEST_F(DecideFenceTest, ThereIsNoneWithoutTheAnnotation) {
  cluster_.fenced_instances = {};
  backups_ = {aBackup("b").inFlight()};
  EXPECT_THAT(fences(), IsEmpty());
  EXPECT_FALSE(anyLeftOver(fences()));
}

TEST_F(DecideFenceTest, IsExplainedByTheBackupInFlightOfItsInstance) {
  backups_ = {aBackup("other").failed(), aBackup("b").inFlight()};
  EXPECT_FALSE(fence().isLeftOver());
  EXPECT_THAT(words(), AllOf(StartsWith(standby_ + " ("), HasSubstr("Backup b, in flight"),
                             HasSubstr("phase started"), HasSubstr("2025-01-15T00:00:00Z")));
  EXPECT_THAT(cure(), AllOf(HasSubstr("do not delete it"), Not(HasSubstr("kubectl"))));
}

TEST_F(DecideFenceTest, IsExplainedByAPhaseNobodyKnows) {
  backups_ = {aBackup("b").inFlight("pondering")};
  EXPECT_FALSE(fence().isLeftOver());
}

TEST_F(DecideFenceTest, IsNotExplainedByABackupThatStopsNothingOfIt) {
  Backup elsewhere = aBackup("b").inFlight();
  elsewhere.instance = primary_;
  Backup defaulted = aBackup("b").inFlight().online(std::nullopt);
  for (const Backup& backup :
       {Backup(aBackup("b").inFlight("finalizing")), Backup(aBackup("b").inFlight().online()),
        Backup(aBackup("b").inFlight().method("barmanObjectStore")),
        Backup(aBackup("b").inFlight().ofCluster("other")), Backup(aBackup("b")), elsewhere}) {
    backups_ = {backup};
    EXPECT_TRUE(fence().isLeftOver()) << backup.phase << backup.method << backup.instance;
    EXPECT_THAT(words(), HasSubstr("somebody fenced it by hand"));
  }
  backups_ = {defaulted};
  EXPECT_FALSE(fence().isLeftOver());  // the Cluster says offline
  cluster_.online = std::nullopt;
  EXPECT_TRUE(fence().isLeftOver());  // CNPG's default is online
}

TEST_F(DecideFenceTest, IsLeftByTheLastBackupOfItsInstanceWhenThatFailed) {
  backups_ = {aBackup("newer").failed("no space").startedAt(20),
              aBackup("older").failed("else").startedAt(10)};
  EXPECT_TRUE(fence().isLeftOver());
  EXPECT_THAT(words(), AllOf(HasSubstr("2025-01-15T00:20:00Z by Backup newer, which failed: no "
                                       "space"),
                             Not(HasSubstr("older"))));
}

TEST_F(DecideFenceTest, IsNotLeftByAFailedBackupBeforeOneThatCompleted) {
  backups_ = {aBackup("older").failed("else").startedAt(10), aBackup("newer").startedAt(20)};
  EXPECT_THAT(words(), HasSubstr("somebody fenced it by hand"));
}

TEST_F(DecideFenceTest, IsNotLeftByABackupThatWasRefusedBecauseOfIt) {
  backups_ = {
      aBackup("b").failed("can't execute snapshot backup: cannot execute volume snapshot "
                          "on a cluster that has fenced instances")};
  EXPECT_THAT(words(), HasSubstr("somebody fenced it by hand"));
}

TEST_F(DecideFenceTest, OfThePrimaryOrOfAllTakesTheDatabaseDown) {
  EXPECT_THAT(words(), Not(HasSubstr("is down")));
  cluster_.fenced_instances = {primary_};
  EXPECT_THAT(words(), HasSubstr("the database is down"));
  cluster_.fenced_instances = {"*"};
  backups_ = {aBackup("b").inFlight()};
  EXPECT_TRUE(fence().isLeftOver());
  EXPECT_THAT(words(), AllOf(StartsWith("* ("), HasSubstr("the database is down")));
}

TEST_F(DecideFenceTest, IsLiftedWithoutThoseThatABackupNeeds) {
  EXPECT_THAT(cure(), HasSubstr("kubectl -n noobaa annotate clusters.postgresql.cnpg.io "
                                "noobaa-db-pg-cluster cnpg.io/fencedInstances-"));
  cluster_.fenced_instances = {primary_, standby_};
  backups_ = {aBackup("b").inFlight()};
  EXPECT_THAT(cure(),
              HasSubstr("cnpg.io/fencedInstances='[\"noobaa-db-pg-cluster-2\"]' --overwrite"));
}

}  // namespace
}  // namespace job
