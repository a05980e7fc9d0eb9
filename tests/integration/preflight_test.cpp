#include "tests/integration/pass_fixture.h"

namespace job {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

/// The database is stopped only when it is fit to be.
class PreflightTest : public PassTest {
 protected:
  std::string refusal() {
    const PassResult result = run();
    EXPECT_EQ(result.exit_code, ExitCode::kRefused) << result.reason;
    EXPECT_EQ(outcomeOf(result), PassOutcome::kRefused);
    EXPECT_THAT(world_.backupNames(), IsEmpty());
    EXPECT_EQ(leaseHolder(), "");
    return result.reason;
  }
};

TEST_F(PreflightTest, AFenceIsNotStartedUpon) {
  world_.fenceInstance("noobaa-db-pg-cluster-1");
  EXPECT_THAT(refusal(), HasSubstr("noobaa-db-pg-cluster-1"));
}

TEST_F(PreflightTest, AHibernatedClusterIsRefused) {
  world_.hibernate();
  EXPECT_THAT(refusal(), HasSubstr("hibernat"));
}

TEST_F(PreflightTest, WithoutAReadyStandbyThePrimaryIsNotStopped) {
  world_.setInstanceReady(2, false);
  EXPECT_THAT(refusal(), HasSubstr("1 of 2 instances are ready"));
}

TEST_F(PreflightTest, AStandbyThatComesBackInTimeIsWaitedFor) {
  world_.setInstanceReady(2, false);
  world_.timeline().at(world_.clock().now() + std::chrono::seconds(40),
                       [&] { world_.setInstanceReady(2, true); });
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
}

TEST_F(PreflightTest, AllowPrimaryStopsThePrimaryWhenItIsAllThereIs) {
  world_.setInstanceReady(2, false);
  settings_.allow_primary = true;
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
}

TEST_F(PreflightTest, AnUnhealthyPhaseIsWaitedOutThenRefused) {
  world_.setPhase("Failing over");
  EXPECT_THAT(refusal(), HasSubstr("Failing over"));
}

TEST_F(PreflightTest, ARefusalIsToldAndRefreshesTheStatus) {
  world_.add(sim::aBackup("backup-20250114-020000").ours());
  world_.fenceInstance("noobaa-db-pg-cluster-1");
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kRefused);
  EXPECT_THAT(eventReasons(), testing::Contains("BackupRefused"));
  EXPECT_EQ(status()["totalSnapshots"], json::Value(1));
}

TEST_F(PreflightTest, AllThatSpeaksAgainstItIsSaidAtOnce) {
  world_.editNoobaa([](json::Value& noobaa) {
    noobaa["spec"]["dbSpec"]["dbBackup"]["volumeSnapshot"]["volumeSnapshotClass"] = "no-such-class";
  });
  world_.hibernate();
  world_.setInstanceReady(2, false);
  const auto began = world_.clock().monotonic();
  EXPECT_THAT(refusal(), testing::AllOf(HasSubstr("no-such-class"), HasSubstr("hibernat"),
                                        HasSubstr("1 of 2 instances")));
  // There is nothing to wait for.
  EXPECT_LT(world_.clock().monotonic() - began, std::chrono::seconds(30));
}

TEST_F(PreflightTest, ThePrimaryStoppedAsAllowedIsSaidToTakeTheDatabaseDown) {
  world_.setInstanceReady(2, false);
  settings_.allow_primary = true;
  EXPECT_THAT(run().warnings, testing::Contains(testing::AllOf(HasSubstr("--allow-primary"),
                                                               HasSubstr("is down"))));
}

class SingleInstanceTest : public PassTest {
 protected:
  static sim::WorldOptions single() {
    sim::WorldOptions options;
    options.shape.instances = 1;
    return options;
  }
  SingleInstanceTest() : PassTest(single()) {}
};

TEST_F(SingleInstanceTest, IsBackedUpByStoppingIt) {
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(result.verdict, Verdict::kCertified);
}

TEST_F(PreflightTest, SnapshotsOwnedByTheClusterAreWarnedAbout) {
  world_.editCluster([](json::Value& cluster) {
    cluster["spec"]["backup"]["volumeSnapshot"]["snapshotOwnerReference"] = "cluster";
  });
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.warnings, testing::Contains(HasSubstr("snapshotOwnerReference")));
}

}  // namespace
}  // namespace job
