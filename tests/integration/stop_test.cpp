#include "tests/integration/pass_fixture.h"

namespace job {
namespace {

using testing::SizeIs;

using StopTest = PassTest;

TEST_F(StopTest, WhileAwaitingTheBackupGoesOnAndTheLeaseIsGivenBack) {
  world_.timeline().at(world_.clock().now() + std::chrono::seconds(5),
                       [&] { stop_.request_stop(); });
  const PassResult result = run("stopped-run");
  EXPECT_EQ(result.exit_code, ExitCode::kInterrupted);
  EXPECT_EQ(outcomeOf(result), PassOutcome::kInterrupted);
  EXPECT_EQ(leaseHolder(), "");
  EXPECT_THAT(world_.backupNames(), SizeIs(1));
}

TEST_F(StopTest, TheNextPassAdoptsWhatAStoppedOneLeft) {
  world_.timeline().at(world_.clock().now() + std::chrono::seconds(5),
                       [&] { stop_.request_stop(); });
  const PassResult stopped = run("stopped-run");
  stop_ = std::stop_source();
  const PassResult result = run("next-run");
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(result.backup, stopped.backup);
  EXPECT_THAT(world_.backupNames(), SizeIs(1));
}

TEST_F(StopTest, BeforeAnythingIsMadeNothingIsMade) {
  stop_.request_stop();
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kInterrupted);
  EXPECT_THAT(world_.backupNames(), SizeIs(0));
}

}  // namespace
}  // namespace job
