#include <algorithm>

#include "tests/integration/recover_fixture.h"

namespace job {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// What a command's log tells at info, as its messages in their order: the story of a run.
class StoryTest : public RecoverTest {
 protected:
  /// "info backup verified", without the time and the fields.
  std::vector<std::string> story() const {
    constexpr std::size_t kTime = 9;  // "10:20:30 "
    std::vector<std::string> lines;
    for (const std::string& line : log_lines_) {
      const std::string told = line.substr(kTime, line.find("  ", kTime + 6) - kTime);
      if (!told.starts_with("debug")) lines.push_back(told);
    }
    return lines;
  }
  std::string lineOf(const std::string& message) const {
    const auto found = std::ranges::find_if(log_lines_, [&](const std::string& line) {
      return line.find(message) != std::string::npos;
    });
    return found == log_lines_.end() ? "" : *found;
  }
};

TEST_F(StoryTest, OfAGoodRunSaysWhatWasMadeHowLongTheInstanceWasStoppedAndWhatWasPruned) {
  for (const char* night : {"10", "11", "12", "13"}) {
    world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000").ours());
  }
  ASSERT_EQ(run().exit_code, ExitCode::kDone);
  std::vector<std::string> told = story();
  ASSERT_GT(told.size(), 6U);
  EXPECT_EQ(told.front(), "info  run begins");
  EXPECT_EQ(told.back(), "info  run ended");
  for (const char* chapter : {"info  backup created", "info  backup completed",
                              "info  instance was stopped for the backup", "info  backup verified",
                              "info  backup pruned"}) {
    EXPECT_THAT(told, testing::Contains(chapter));
  }
  EXPECT_THAT(lineOf("run begins"), HasSubstr("runID=run-1"));
  EXPECT_THAT(lineOf("run ended"), HasSubstr("exitCode=0 outcome=completed seconds="));
}

TEST_F(StoryTest, OfARunThatHasToWaitAndIsThenBusySaysForWhom) {
  holdLeaseByAnother();
  settings_.lock_wait = std::chrono::minutes(1);
  ASSERT_EQ(run().exit_code, ExitCode::kBusy);
  EXPECT_THAT(story(), ElementsAre("info  run begins", "info  waiting for another pass to end",
                                   "warn  run ended"));
  EXPECT_THAT(lineOf("waiting"), HasSubstr("holder=another"));
}

TEST_F(StoryTest, OfARunThatWaitedSaysWhenTheWaitWasOver) {
  holdLeaseByAnother();
  settings_.lock_wait = std::chrono::hours(1);
  settings_.timeout = std::chrono::hours(2);
  ASSERT_EQ(run().exit_code, ExitCode::kDone);
  EXPECT_THAT(lineOf("the wait is over"), HasSubstr("seconds="));
}

TEST_F(StoryTest, OfARunThatFailsEndsWithAnError) {
  world_.faults().snapshot_errors = {{.message = "quota exceeded"}};
  ASSERT_EQ(run().exit_code, ExitCode::kBackupFailed);
  EXPECT_EQ(story().back(), "error run ended");
  EXPECT_THAT(lineOf("run ended"), HasSubstr("exitCode=3 outcome=failed"));
}

TEST_F(StoryTest, OfARefusalEndsWithAWarning) {
  world_.fenceInstance("*");
  ASSERT_EQ(run().exit_code, ExitCode::kRefused);
  EXPECT_EQ(story().back(), "warn  run ended");
}

TEST_F(StoryTest, OfARunThatTimesOutBeforeAnythingWasSeenStoppedDoesNotSaySo) {
  world_.faults().operator_down = {
      {world_.clock().now(), world_.clock().now() + std::chrono::hours(5)}};
  ASSERT_EQ(run().exit_code, ExitCode::kTimedOut);
  EXPECT_THAT(story(),
              testing::Not(testing::Contains("info  instance was stopped for the backup")));
  EXPECT_EQ(story().back(), "error run ended");
}

}  // namespace
}  // namespace job
