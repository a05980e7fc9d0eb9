#include "job/pass/sync.h"
#include "tests/integration/drill_fixture.h"

namespace job {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

/// What `kubectl describe noobaa` comes to show.
class EventsOfCommandsTest : public DrillTest {
 protected:
  /// As many passes as a CronJob starts within the hour that an API server keeps Events.
  void passEveryFiveMinutes() {
    for (int i = 0; i < 12; ++i) {
      run("run-" + std::to_string(i));
      world_.advance(std::chrono::minutes(5));
    }
  }
};

TEST_F(EventsOfCommandsTest, PassesThatRefuseForTheSameReasonTellOfItOnce) {
  world_.fenceInstance("*");
  passEveryFiveMinutes();
  EXPECT_THAT(eventReasons(), UnorderedElementsAre("InstanceStillFenced", "BackupRefused"));
}

TEST_F(EventsOfCommandsTest, RetriesOfARunThatFailTheSameWayTellOfItOnce) {
  world_.server().forbid("admin", "create", "backups." + world_.shape().cnpg_group);
  for (const char* pod : {"pod-1", "pod-2", "pod-3"}) {
    run("run-1", pod);
    world_.advance(std::chrono::seconds(40));
  }
  EXPECT_THAT(eventReasons(), ElementsAre("BackupFailed"));
}

TEST_F(EventsOfCommandsTest, EachBackupThatFailsIsToldOf) {
  world_.faults().snapshot_errors = {{.message = "quota exceeded", .times = 100}};
  run("run-1");
  world_.advance(std::chrono::hours(24));
  world_.faults().snapshot_errors = {{.message = "quota exceeded", .times = 100}};
  run("run-2");
  EXPECT_THAT(eventReasons(), ElementsAre("BackupFailed", "BackupFailed"));
}

TEST_F(EventsOfCommandsTest, ARetryThatTakesTheBackupOfItsForerunnerTellsNothingNew) {
  run("run-1", "pod-1");
  run("run-1", "pod-2");
  EXPECT_THAT(eventReasons(), ElementsAre("BackupCompleted"));
}

TEST_F(EventsOfCommandsTest, DrillsThatFailTheSameWayTellOfItOnce) {
  world_.add(sim::aBackup(kNew).ours().failed());
  drill("drill-1");
  drill("drill-2");
  EXPECT_THAT(eventReasons(), ElementsAre("DrillFailed"));
}

TEST_F(EventsOfCommandsTest, ANooBaaMadeAnewIsToldAgain) {
  world_.fenceInstance("*");
  run("run-1");
  json::Value noobaa = world_.noobaa();
  world_.server().remove(world_.noobaaRef());
  for (const char* key : {"uid", "resourceVersion", "creationTimestamp"}) {
    noobaa["metadata"].object()->erase(key);
  }
  world_.server().create(noobaa);
  run("run-2");
  EXPECT_EQ(std::ranges::count(eventReasons(), "BackupRefused"), 2);
}

}  // namespace
}  // namespace job
