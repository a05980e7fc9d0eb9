#include "job/decide/status_patch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/json/write.h"
#include "tests/job/builders.h"
#include "tests/job/json_objects.h"

namespace job {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

JudgedGroup judged(BackupGroup group) {
  Judgement judgement = judge(group, VolumeSet());
  return {std::move(group), std::move(judgement)};
}

std::optional<cron::Schedule> schedule(std::string_view expression) {
  return cron::Schedule::parse(expression, cron::TimeZone::utc()).value();
}

BackupStatus status(const std::vector<JudgedGroup>& groups) {
  return decideStatus(groups, std::nullopt, atMinute(100));
}

TEST(DecideStatusTest, TakesADateAheadForTheLastOnlyWhenThereIsNoOther) {
  const BackupStatus both = status({judged(aGoodGroup("ahead", 106)), judged(aGoodGroup("a", 50))});
  EXPECT_EQ(both.last_backup_time, "2025-01-15T00:50:00Z");
  EXPECT_EQ(both.available_snapshots, (std::vector<std::string>{"a", "ahead"}));
  EXPECT_EQ(status({judged(aGoodGroup("ahead", 106))}).last_backup_time, "2025-01-15T01:46:00Z");
  EXPECT_EQ(status({judged(aGoodGroup("a", 50)), judged(aGoodGroup("b", 105))}).last_backup_time,
            "2025-01-15T01:45:00Z");
}

TEST(BackupStatusTest, ListsTheGoodBackupsOldestFirst) {
  const BackupStatus decided = status(
      {judged(aGoodGroup("c", 10)), judged(aGoodGroup("a", 30)), judged(aGoodGroup("b", 20))});
  EXPECT_THAT(decided.available_snapshots, ElementsAre("c", "b", "a"));
  EXPECT_EQ(decided.total_snapshots, 3);
  EXPECT_EQ(decided.last_backup_time, "2025-01-15T00:30:00Z");
}

TEST(BackupStatusTest, DoesNotOfferWhatIsAboutToGo) {
  const std::vector<JudgedGroup> groups = {judged(aGoodGroup("a", 10)),
                                           judged(aGoodGroup("b", 20))};
  const BackupStatus decided = decideStatus(groups, std::nullopt, atMinute(100), {"a"});
  EXPECT_THAT(decided.available_snapshots, ElementsAre("b"));
  EXPECT_EQ(decided.total_snapshots, 1);
}

TEST(BackupStatusTest, ListsEqualTimesInOrderOfNames) {
  EXPECT_THAT(
      status({judged(aGoodGroup("b", 10)), judged(aGoodGroup("a", 10))}).available_snapshots,
      ElementsAre("a", "b"));
}

TEST(BackupStatusTest, ListsTheDataSnapshotAsARecoveryNeedsIt) {
  EXPECT_THAT(
      status({judged(aGroup("b", {}, {aSnapshot("b").named("data-of-b"), aSnapshot("b").wal()}))})
          .available_snapshots,
      ElementsAre("data-of-b"));
}

TEST(BackupStatusTest, ListsHeldOnesToo) {
  EXPECT_THAT(
      status({judged(aGroup("b", aBackup("b").held(), {aSnapshot("b")}))}).available_snapshots,
      ElementsAre("b"));
}

TEST(BackupStatusTest, ListsOneWithoutAReadableTimeLastAndGoesNotByIt) {
  const BackupStatus decided =
      status({judged(aGroup("a", aBackup("a"), {aSnapshot("a").withUnreadableEnd()})),
              judged(aGoodGroup("b", 20))});
  EXPECT_THAT(decided.available_snapshots, ElementsAre("b", "a"));
  EXPECT_EQ(decided.last_backup_time, "2025-01-15T00:20:00Z");
}

TEST(BackupStatusTest, HasTheLastGoodBackupAndNotTheLastAttempt) {
  const BackupStatus decided = status(
      {judged(aGoodGroup("a", 10)),
       judged(aGroup("b", aBackup("b"), {aSnapshot("b").endedAt(20).state("in production")})),
       judged(aGroup("c", aBackup("c").failed(), {aSnapshot("c").endedAt(30)}))});
  EXPECT_THAT(decided.available_snapshots, ElementsAre("a"));
  EXPECT_EQ(decided.last_backup_time, "2025-01-15T00:10:00Z");
  EXPECT_EQ(decided.total_snapshots, 3);
}

TEST(BackupStatusTest, CountsBackupsThatHaveASnapshotWhichStays) {
  EXPECT_EQ(
      status({judged(aGroup("a", aBackup("a"), {})),
              judged(aGroup("b", aBackup("b"), {aSnapshot("b").deleting()})),
              judged(aGroup("c", aBackup("c"), {aSnapshot("c").deleting(), aSnapshot("c").wal()})),
              judged(aGroup("d", aBackup("d"), {aSnapshot("d"), aSnapshot("d").wal()})),
              judged(aGroup("e", aBackup("e").foreign(), {aSnapshot("e").notReady()}))})
          .total_snapshots,
      3);
}

TEST(BackupStatusTest, IsEmptyWithoutBackups) {
  EXPECT_EQ(status({}), BackupStatus());
}

TEST(BackupStatusTest, HasTheNextFiringAfterNow) {
  const auto next = [](const char* expression, std::vector<JudgedGroup> groups) {
    return decideStatus(groups, schedule(expression), atMinute(100)).next_backup_time;
  };
  EXPECT_EQ(next("0 2 * * *", {judged(aGoodGroup("a", 10))}), "2025-01-15T02:00:00Z");
  EXPECT_EQ(next("0 2 * * *", {}), "2025-01-15T02:00:00Z");
  EXPECT_EQ(next("0 1 * * *", {judged(aGoodGroup("a", 10))}), "2025-01-16T01:00:00Z");
  EXPECT_EQ(next("0 0 30 2 *", {}), "");
}

TEST(BackupStatusTest, CountsAnIntervalFromTheLastGoodBackup) {
  const auto next = [](std::vector<JudgedGroup> groups, int now) {
    return decideStatus(groups, schedule("@every 6h"), atMinute(now)).next_backup_time;
  };
  EXPECT_EQ(next({judged(aGoodGroup("a", 10))}, 100), "2025-01-15T06:10:00Z");
  EXPECT_EQ(next({judged(aGoodGroup("a", 10))}, 200), "2025-01-15T06:10:00Z");
  EXPECT_EQ(next({}, 100), "2025-01-15T07:40:00Z");
}

class StatusPatchTest : public testing::Test {
 protected:
  static std::string patch(const std::optional<BackupStatus>& current,
                           const std::optional<BackupStatus>& wanted) {
    const auto patch = statusPatch(current, wanted);
    return patch ? json::write(*patch) : "none";
  }

  const BackupStatus full_{.last_backup_time = "2025-01-15T00:02:00Z",
                           .next_backup_time = "2025-01-16T00:00:00Z",
                           .total_snapshots = 2,
                           .available_snapshots = {"a", "b"}};
};

TEST_F(StatusPatchTest, TouchesBackupStatusAlone) {
  EXPECT_EQ(patch(std::nullopt, full_),
            R"({"status":{"dbStatus":{"backupStatus":{"lastBackupTime":"2025-01-15T00:02:00Z",)"
            R"("nextBackupTime":"2025-01-16T00:00:00Z","totalSnapshots":2,)"
            R"("availableSnapshots":["a","b"]}}}})");
}

TEST_F(StatusPatchTest, IsNoneWhenNothingDiffers) {
  EXPECT_EQ(patch(full_, full_), "none");
  EXPECT_EQ(patch(std::nullopt, BackupStatus()), "none");
  EXPECT_EQ(patch(BackupStatus(), BackupStatus()), "none");
  EXPECT_EQ(patch(std::nullopt, std::nullopt), "none");
}

TEST_F(StatusPatchTest, ClearsAllWithOneNull) {
  EXPECT_EQ(patch(full_, std::nullopt), R"({"status":{"dbStatus":{"backupStatus":null}}})");
  EXPECT_EQ(patch(BackupStatus(), std::nullopt),
            R"({"status":{"dbStatus":{"backupStatus":null}}})");
}

TEST_F(StatusPatchTest, ClearsEachFieldThatWasThere) {
  EXPECT_EQ(patch(full_, BackupStatus()),
            R"({"status":{"dbStatus":{"backupStatus":{"lastBackupTime":null,)"
            R"("nextBackupTime":null,"totalSnapshots":null,"availableSnapshots":null}}}})");
}

TEST_F(StatusPatchTest, WritesNoNullWhereNothingWas) {
  BackupStatus wanted;
  wanted.next_backup_time = "2025-01-16T00:00:00Z";
  EXPECT_EQ(
      patch(std::nullopt, wanted),
      R"({"status":{"dbStatus":{"backupStatus":{"nextBackupTime":"2025-01-16T00:00:00Z"}}}})");
}

TEST_F(StatusPatchTest, NoticesADifferenceInAnyField) {
  for (int field = 0; field < 4; ++field) {
    BackupStatus wanted = full_;
    if (field == 0) wanted.last_backup_time = "2025-01-14T00:02:00Z";
    if (field == 1) wanted.next_backup_time = "";
    if (field == 2) wanted.total_snapshots = 0;
    if (field == 3) wanted.available_snapshots = {"b", "a"};
    EXPECT_NE(patch(full_, wanted), "none") << field;
  }
}

TEST_F(StatusPatchTest, SeesWhatACrdWithoutTheFieldsDropped) {
  EXPECT_THAT(
      fieldsDropped(full_, parsed("{}")),
      ElementsAre("lastBackupTime", "nextBackupTime", "totalSnapshots", "availableSnapshots"));
  EXPECT_THAT(fieldsDropped(full_, parsed(R"({"status": {"dbStatus": {"backupStatus": {
                "lastBackupTime": "2025-01-15T00:02:00Z", "totalSnapshots": 2}}}})")),
              ElementsAre("nextBackupTime", "availableSnapshots"));
}

TEST_F(StatusPatchTest, MissesNothingThatWasNotWanted) {
  EXPECT_THAT(fieldsDropped(BackupStatus(), parsed("{}")), IsEmpty());
}

}  // namespace
}  // namespace job
