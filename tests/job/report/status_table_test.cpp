#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "job/report/status_report.h"
#include "tests/job/report/status_world.h"

namespace job {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string tableOf(const StatusWorld& world) {
  return toTable(world.report(), world.now, false);
}
std::string wideTableOf(const StatusWorld& world) {
  return toTable(world.report(), world.now, true);
}

TEST(StatusTableTest, AnswersAtAGlanceThenListsTheBackups) {
  StatusWorld world;
  world.good("backup-20250113-020000", "2025-01-13T02:01:00Z");
  world.good("backup-20250114-020000", "2025-01-14T02:01:00Z");
  world.good("backup-20250115-020000", "2025-01-15T02:01:00Z");
  world.good("before-upgrade", "2025-01-01T12:00:00Z").last().backup->held = true;
  world.failed("backup-20250115-090000", "2025-01-15T09:00:00Z").last().members.clear();
  EXPECT_EQ(
      tableOf(world),
      "System:            noobaa, cluster noobaa-db-pg-cluster\n"
      "Last good backup:  9h59m ago (2025-01-15T02:01:00Z)\n"
      "Next backup:       in 14h (2025-01-16T02:00:00Z; schedule \"0 2 * * *\", UTC)\n"
      "Overdue:           no\n"
      "Kept:              2 of at most 2 good backups, 1 held, 1 to be deleted; 5 backups in all\n"
      "\n"
      "NAME                     AGE     VERDICT     KEPT                            SIZE   "
      "MEMBERS     MODE\n"
      "backup-20250115-090000   3h      failed      yes, newer than the last good   -      "
      "0/0 ready   offline\n"
      "backup-20250115-020000   9h59m   certified   yes, within max                 50Gi   "
      "1/1 ready   offline\n"
      "backup-20250114-020000   1d9h    certified   yes, within max                 50Gi   "
      "1/1 ready   offline\n"
      "backup-20250113-020000   2d9h    certified   no, exceeds max                 50Gi   "
      "1/1 ready   offline\n"
      "before-upgrade           14d     certified   held                            50Gi   "
      "1/1 ready   offline\n");
}

TEST(StatusTableTest, TellsOfARecoveryThatIsAskedForOrNotOverWell) {
  StatusWorld world;
  world.system.recovery_status = RecoveryStatus{"Completed", "old", "2025-01-10T12:00:00Z"};
  EXPECT_THAT(tableOf(world), Not(HasSubstr("Recovery:")));
  world.system.recovery_snapshot = "new";
  EXPECT_THAT(tableOf(world), HasSubstr("\nRecovery:          asked for from new\n"));
  world.system.recovery_status = RecoveryStatus{"Running", "new", "2025-01-15T11:00:00Z"};
  EXPECT_THAT(tableOf(world),
              HasSubstr("\nRecovery:          Running from new since 2025-01-15T11:00:00Z\n"));
  world.system.recovery_snapshot.reset();
  world.system.recovery_status = RecoveryStatus{"Failed", "new", ""};
  EXPECT_THAT(tableOf(world), HasSubstr("\nRecovery:          Failed from new\n"));
}

TEST(StatusTableTest, SaysInWordsThatThereIsNothingYet) {
  EXPECT_EQ(tableOf(StatusWorld()),
            "System:            noobaa, cluster noobaa-db-pg-cluster\n"
            "Last good backup:  none yet\n"
            "Next backup:       in 14h (2025-01-16T02:00:00Z; schedule \"0 2 * * *\", UTC)\n"
            "Overdue:           no\n"
            "Kept:              0 of at most 2 good backups; 0 backups in all\n"
            "\n"
            "There are no backups of noobaa-db-pg-cluster yet.\n");
}

TEST(StatusTableTest, SaysLoudlyThatABackupIsOverdue) {
  StatusWorld world;
  world.good("b", "2025-01-14T01:00:00Z");
  EXPECT_THAT(tableOf(world), HasSubstr("Overdue:           YES: no good backup since the one due "
                                        "at 2025-01-14T02:00:00Z, 1d10h ago\n"));
}

TEST(StatusTableTest, SaysThatThereIsNoScheduleOrNoLimit) {
  StatusWorld world;
  world.policy.reset();
  const std::string table = tableOf(world);
  EXPECT_THAT(table, HasSubstr("Next backup:       none, there is no schedule\n"));
  EXPECT_THAT(table, HasSubstr("Kept:              0 good backups; 0 backups in all\n"));
  EXPECT_THAT(table, Not(HasSubstr("Overdue")));
}

TEST(StatusTableTest, SaysThatAScheduleNeverFires) {
  StatusWorld world;
  world.policy->schedule = *cron::Schedule::parse("0 0 30 2 *", cron::TimeZone::utc());
  EXPECT_THAT(tableOf(world), HasSubstr("never, it does not fire: schedule \"0 0 30 2 *\", UTC\n"));
}

TEST(StatusTableTest, SaysThatAnIntervalHasRunOut) {
  StatusWorld world;
  world.policy->schedule = *cron::Schedule::parse("@every 1h", cron::TimeZone::utc());
  world.good("b", "2025-01-15T02:01:00Z");
  EXPECT_THAT(tableOf(world), HasSubstr("due now (2025-01-15T03:01:00Z"));
}

TEST(StatusTableTest, AddsTheSizesOfAllMembers) {
  StatusWorld world;
  world.good("b", "2025-01-15T02:01:00Z");
  VolumeSnapshot wal = world.last().members.front();
  wal.name = "b-wal";
  wal.role = VolumeRole::kWal;
  wal.restore_size = "10Gi";
  wal.ready = false;
  world.last().members.push_back(wal);
  EXPECT_THAT(tableOf(world), HasSubstr("60Gi   1/2 ready   offline\n"));
  world.last().members.back().restore_size = "";
  EXPECT_THAT(tableOf(world), HasSubstr("-      1/2 ready   offline\n"));
}

TEST(StatusTableTest, WideTellsModePhaseTimeSnapshotsAndReason) {
  StatusWorld world;
  world.good("b", "2025-01-15T02:01:00Z");
  const std::string table = wideTableOf(world);
  EXPECT_THAT(table,
              HasSubstr("MODE      PHASE       TIME                   SNAPSHOTS   REASON\n"));
  EXPECT_THAT(table,
              HasSubstr("offline   completed   2025-01-15T02:01:00Z   b           because\n"));
}

TEST(StatusTableTest, AGroupWithoutItsBackupHasNoPhase) {
  StatusWorld world;
  world.good("b", "2025-01-15T02:01:00Z").last().backup.reset();
  EXPECT_THAT(wideTableOf(world), HasSubstr("offline   -       2025-01-15T02:01:00Z"));
}

TEST(StatusTableTest, WarningsComeLast) {
  StatusWorld world;
  StatusReport report = world.report();
  report.warnings = {"the Cluster does not exist", "two\nlines"};
  EXPECT_TRUE(toTable(report, world.now, false)
                  .ends_with("\n\nWarning: the Cluster does not exist\nWarning: two\\nlines\n"));
}

TEST(StatusTableTest, ColoursChangeNoWidth) {
  StatusWorld world;
  world.good("b", "2025-01-14T01:00:00Z");
  world.failed("c", "2025-01-14T09:00:00Z");
  StatusReport report = world.report();
  report.warnings = {"look"};
  std::string painted = toTable(report, world.now, true, /*colours=*/true);
  EXPECT_THAT(painted, HasSubstr("\x1b[32mcertified\x1b[0m "));
  EXPECT_THAT(painted, HasSubstr("\x1b[31mfailed\x1b[0m "));
  EXPECT_THAT(painted, HasSubstr("\x1b[31mOverdue:           YES"));
  EXPECT_THAT(painted, HasSubstr("\x1b[33mWarning: look\x1b[0m\n"));
  for (const char* code : {"\x1b[0m", "\x1b[31m", "\x1b[32m", "\x1b[33m"}) {
    for (auto at = painted.find(code); at != std::string::npos; at = painted.find(code)) {
      painted.erase(at, std::string_view(code).size());
    }
  }
  EXPECT_EQ(painted, toTable(report, world.now, true));
}

TEST(StatusTableTest, EveryRowIsOneLine) {
  StatusWorld world;
  world.failed("b", "2025-01-15T02:00:00Z");
  world.groups.back().judgement.reason = "a\nb\x1b[2J";
  world.groups.back().group.backup->phase = "\xE5\xA4\xB1\xE6\x95\x97";
  const std::string table = wideTableOf(world);
  EXPECT_THAT(table, Not(HasSubstr("\x1b")));
  EXPECT_EQ(std::ranges::count(table, '\n'), 8);
}

}  // namespace
}  // namespace job
