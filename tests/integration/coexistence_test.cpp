#include "tests/integration/pass_fixture.h"

namespace job {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class CoexistenceTest : public PassTest {
 protected:
  CoexistenceTest() { world_.add(sim::World::ScheduledBackup{}); }
  std::string name() const { return world_.shape().clusterName() + "-scheduled-backup"; }
  k8s::ObjectRef ref() const {
    return {scheduledBackupType(world_.shape().cnpg_group), world_.shape().name_space, name()};
  }
};

TEST_F(CoexistenceTest, DefersToAnotherScheduleAndTouchesNothing) {
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone);
  EXPECT_EQ(outcomeOf(result), PassOutcome::kDeferred);
  EXPECT_THAT(result.warnings, Contains(HasSubstr(name())));
  EXPECT_THAT(writes(), IsEmpty());
}

TEST_F(CoexistenceTest, SuspendsTheScheduleWhenToldTo) {
  settings_.operator_schedule = OperatorSchedulePolicy::kSuspend;
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  json::Value schedule = world_.get(ref());
  EXPECT_EQ(schedule["spec"]["suspend"], json::Value(true));
  EXPECT_TRUE(result.backup.has_value());
}

TEST_F(CoexistenceTest, IgnoringItLeavesItsBackupsAlone) {
  settings_.operator_schedule = OperatorSchedulePolicy::kIgnore;
  for (const char* night : {"10", "11", "12", "13", "14"}) {
    world_.add(sim::aBackup(name() + "-202501" + night + "020000").operatorScheduled(name()));
  }
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.pruned, IsEmpty());
  EXPECT_THAT(world_.backupNames(), SizeIs(6));
}

TEST_F(CoexistenceTest, DefersEvenWithoutAClusterToBackUp) {
  world_.server().remove(world_.clusterRef());
  EXPECT_EQ(outcomeOf(run()), PassOutcome::kDeferred);
}

TEST_F(CoexistenceTest, ASuspendedScheduleIsNoObstacle) {
  world_.server().update(ref(), [](json::Value& schedule) { schedule["spec"]["suspend"] = true; });
  EXPECT_EQ(outcomeOf(run()), PassOutcome::kCompleted);
}

TEST_F(CoexistenceTest, WithoutTheRightToSuspendItNothingIsMadeAndTheRightIsNamed) {
  settings_.operator_schedule = OperatorSchedulePolicy::kSuspend;
  world_.server().forbid("admin", "patch", "scheduledbackups." + world_.shape().cnpg_group);
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kForbidden);
  EXPECT_THAT(result.reason, HasSubstr("patch scheduledbackups"));
  EXPECT_THAT(world_.backupNames(), IsEmpty());
}

TEST_F(CoexistenceTest, SuspendsTheScheduleAgainAfterItWasMadeAnew) {
  settings_.operator_schedule = OperatorSchedulePolicy::kSuspend;
  ASSERT_EQ(run("run-1").exit_code, ExitCode::kDone);
  world_.server().remove(ref());
  world_.add(sim::World::ScheduledBackup{});
  ASSERT_EQ(run("run-2").exit_code, ExitCode::kDone);
  json::Value schedule = world_.get(ref());
  EXPECT_EQ(schedule["spec"]["suspend"], json::Value(true));
}

}  // namespace
}  // namespace job
