#include "job/decide/adoption.h"

#include <gtest/gtest.h>

#include "tests/job/builders.h"

namespace job {
namespace {

/// "AwaitOurs b1": what is decided about which Backup.
std::string start(const std::vector<Backup>& backups, const BackupRequest& request,
                  const std::string& run = "run-1", int results_since_minute = 0) {
  const Start start =
      decideStart(backups, kTestCluster, request, run, atMinute(results_since_minute));
  if (const auto* ours = std::get_if<AwaitOurs>(&start)) return "AwaitOurs " + ours->backup.name;
  if (const auto* result = std::get_if<TakeResult>(&start)) {
    return "TakeResult " + result->backup.name;
  }
  if (const auto* other = std::get_if<AwaitOther>(&start)) {
    return "AwaitOther " + other->backup.name;
  }
  return "MakeNew";
}

/// The same for a scheduled pass.
std::string start(const std::vector<Backup>& backups, const std::string& run = "run-1",
                  int results_since_minute = 0) {
  return start(backups, BackupRequest(), run, results_since_minute);
}

TEST(AdoptionTest, MakesANewBackupWhenNoneIsInTheWay) {
  EXPECT_EQ(start({}), "MakeNew");
  EXPECT_EQ(start({aBackup("b1"), aBackup("b2").failed(), aBackup("b3").foreign()}), "MakeNew");
}

TEST(AdoptionTest, AwaitsOurOwnBackupOfWhateverRun) {
  EXPECT_EQ(start({aBackup("b1").inFlight().ofRun("run-0")}), "AwaitOurs b1");
  EXPECT_EQ(start({aBackup("b1").inFlight("")}), "AwaitOurs b1");
}

TEST(AdoptionTest, TakesTheResultOfThisRun) {
  EXPECT_EQ(start({aBackup("b1").ofRun("run-1")}), "TakeResult b1");
}

TEST(AdoptionTest, TakesNoResultOfAnotherRun) {
  EXPECT_EQ(start({aBackup("b1").ofRun("run-0")}), "MakeNew");
  EXPECT_EQ(start({aBackup("b1").ofRun("")}, ""), "MakeNew");
}

TEST(AdoptionTest, TakesNoResultFromBeforeTheTimeItMayBeOf) {
  const Backup result = aBackup("b1").ofRun("run-1").createdAt(5);
  EXPECT_EQ(start({result}, "run-1", 5), "TakeResult b1");
  EXPECT_EQ(start({result}, "run-1", 6), "MakeNew");
}

TEST(AdoptionTest, TakesNoResultOfAnUnknownAge) {
  EXPECT_EQ(start({aBackup("b1").ofRun("run-1").created(Timestamp::read("soon"))}), "MakeNew");
}

TEST(AdoptionTest, TakesNoFailedResult) {
  EXPECT_EQ(start({aBackup("b1").failed().ofRun("run-1")}), "MakeNew");
}

TEST(AdoptionTest, TakesNoResultThatIsNotOurs) {
  EXPECT_EQ(start({aBackup("b1").foreign().ofRun("run-1")}), "MakeNew");
}

TEST(AdoptionTest, TakesNoResultThatIsGoing) {
  EXPECT_EQ(start({aBackup("b1").ofRun("run-1").deleting()}), "MakeNew");
}

TEST(AdoptionTest, AwaitsAForeignBackupOfAnyMethod) {
  EXPECT_EQ(start({aBackup("b1").foreign().inFlight()}), "AwaitOther b1");
  EXPECT_EQ(start({aBackup("b1").foreign().method("barmanObjectStore").inFlight("running")}),
            "AwaitOther b1");
}

TEST(AdoptionTest, DoesNotAdoptABackupOfAnotherMethodForItsLabel) {
  EXPECT_EQ(start({aBackup("b1").method("plugin").inFlight()}), "AwaitOther b1");
}

TEST(AdoptionTest, IgnoresOtherClusters) {
  EXPECT_EQ(start({aBackup("b1").ofCluster("other").inFlight(),
                   aBackup("b2").ofCluster("other").ofRun("run-1")}),
            "MakeNew");
}

TEST(AdoptionTest, PrefersTheResultThenOursThenForeign) {
  const Backup result = aBackup("b3").ofRun("run-1");
  const Backup ours = aBackup("b2").inFlight();
  const Backup foreign = aBackup("b1").foreign().inFlight();
  EXPECT_EQ(start({foreign, ours, result}), "TakeResult b3");
  EXPECT_EQ(start({foreign, ours}), "AwaitOurs b2");
}

TEST(AdoptionTest, AwaitsTheFirstByNameAsCnpgRunsThem) {
  EXPECT_EQ(start({aBackup("b2").inFlight(""), aBackup("b1").inFlight("")}), "AwaitOurs b1");
}

TEST(AdoptionTest, AwaitsOneInFlightEvenWhileItIsBeingDeleted) {
  EXPECT_EQ(start({aBackup("b1").inFlight().deleting()}), "AwaitOurs b1");
  EXPECT_EQ(start({aBackup("b1").foreign().inFlight().deleting()}), "AwaitOther b1");
}

TEST(AdoptionTest, AScheduledPassWaitsForAnOnlineOrHeldBackupOfOurs) {
  EXPECT_EQ(start({aBackup("b1").inFlight().online()}), "AwaitOther b1");
  EXPECT_EQ(start({aBackup("b1").inFlight().held()}), "AwaitOther b1");
  EXPECT_EQ(start({aBackup("b1").ofRun("run-1").online()}), "MakeNew");
}

TEST(AdoptionTest, AHoldPutOnThisRunsBackupMakesItNoOther) {
  EXPECT_EQ(start({aBackup("b1").inFlight().ofRun("run-1").held()}), "AwaitOurs b1");
  EXPECT_EQ(start({aBackup("b1").ofRun("run-1").held()}), "TakeResult b1");
  const BackupRequest plain{.on_demand = true};
  EXPECT_EQ(start({aBackup("b1").inFlight().ofRun("run-1").held()}, plain), "AwaitOurs b1");
  EXPECT_EQ(start({aBackup("b1").ofRun("run-1").held()}, plain), "TakeResult b1");
}

TEST(AdoptionTest, NorDoesAHoldTakenFromIt) {
  const BackupRequest held{.on_demand = true, .hold = true};
  EXPECT_EQ(start({aBackup("b1").inFlight().ofRun("run-1")}, held), "AwaitOurs b1");
  EXPECT_EQ(start({aBackup("b1").ofRun("run-1")}, held), "TakeResult b1");
}

TEST(AdoptionTest, OnDemandABackupOfAnotherRunIsWaitedFor) {
  const BackupRequest now{.on_demand = true};
  EXPECT_EQ(start({aBackup("b1").inFlight().ofRun("run-0")}, now), "AwaitOther b1");
  EXPECT_EQ(start({aBackup("b1").inFlight().ofRun("")}, now, ""), "AwaitOther b1");
  EXPECT_EQ(start({aBackup("b1").inFlight().foreign().ofRun("run-1")}, now), "AwaitOther b1");
}

TEST(AdoptionTest, OnDemandARetryAdoptsItsForerunnersBackup) {
  const BackupRequest now{.on_demand = true};
  EXPECT_EQ(start({aBackup("b1").inFlight().ofRun("run-1")}, now), "AwaitOurs b1");
  EXPECT_EQ(start({aBackup("b1").ofRun("run-1")}, now), "TakeResult b1");
  const BackupRequest named{.on_demand = true, .name = "b1", .online = true, .hold = true};
  EXPECT_EQ(start({aBackup("b1").inFlight().ofRun("run-1").online().held()}, named),
            "AwaitOurs b1");
}

TEST(AdoptionTest, OnDemandABackupOfThisRunThatIsNotWhatIsAskedForIsNotTaken) {
  const Backup plain = aBackup("b1").ofRun("run-1");
  EXPECT_EQ(start({plain}, BackupRequest{.on_demand = true, .name = "b2"}), "MakeNew");
  EXPECT_EQ(start({plain}, BackupRequest{.on_demand = true, .online = true}), "MakeNew");
  EXPECT_EQ(start({aBackup("b1").inFlight().ofRun("run-1")},
                  BackupRequest{.on_demand = true, .online = true}),
            "AwaitOther b1");
}

}  // namespace
}  // namespace job
