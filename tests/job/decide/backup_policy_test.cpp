#include "job/decide/backup_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/job/builders.h"

namespace job {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class BackupPolicyTest : public testing::Test {
 protected:
  BackupPolicyTest() {
    system_.backup =
        BackupSpec{.schedule = "0 2 * * *", .snapshot_class = "csi-snapshots", .max_snapshots = 5};
  }

  BackupPolicy policy() const { return decidePolicy(system_, overrides_).value().value(); }
  std::string problem() const { return decidePolicy(system_, overrides_).error(); }

  NooBaaSystem system_;
  PolicyOverrides overrides_;
};

TEST_F(BackupPolicyTest, IsWhatTheCrSays) {
  EXPECT_EQ(policy().snapshot_class, "csi-snapshots");
  EXPECT_EQ(policy().max_snapshots, 5);
  EXPECT_EQ(policy().schedule->expression(), "0 2 * * *");
  EXPECT_EQ(policy().schedule->next(atMinute(0)), atMinute(120));
}

TEST_F(BackupPolicyTest, IsEmptyWithoutDbBackup) {
  system_.backup = std::nullopt;
  const auto policy = decidePolicy(system_, overrides_);
  ASSERT_TRUE(policy);
  EXPECT_FALSE(*policy);
}

TEST_F(BackupPolicyTest, StaysEmptyWithoutDbBackupWhateverElseIsGiven) {
  system_.backup = std::nullopt;
  overrides_.schedule = "0 3 * * *";
  overrides_.max_snapshots = 3;
  EXPECT_FALSE(decidePolicy(system_, overrides_).value());
}

TEST_F(BackupPolicyTest, IsConfiguredByAClassAlone) {
  system_.backup = std::nullopt;
  overrides_.snapshot_class = "csi-snapshots";
  EXPECT_EQ(policy().snapshot_class, "csi-snapshots");
  EXPECT_EQ(policy().max_snapshots, std::nullopt);
  EXPECT_FALSE(policy().schedule);
}

TEST_F(BackupPolicyTest, LetsFlagsOverrideTheCr) {
  overrides_ = {
      .schedule = "0 3 * * *", .snapshot_class = "other", .max_snapshots = 2, .time_zone = "UTC"};
  EXPECT_EQ(policy().snapshot_class, "other");
  EXPECT_EQ(policy().max_snapshots, 2);
  EXPECT_EQ(policy().schedule->next(atMinute(0)), atMinute(180));
}

TEST_F(BackupPolicyTest, LetsFlagsCureWhatTheCrGetsWrong) {
  system_.backup = BackupSpec{.schedule = "12345", .snapshot_class = "", .max_snapshots = 0};
  overrides_ = {.schedule = "0 3 * * *",
                .snapshot_class = "other",
                .max_snapshots = 2,
                .time_zone = std::nullopt};
  EXPECT_EQ(policy().snapshot_class, "other");
}

TEST_F(BackupPolicyTest, ReadsTheScheduleInTheTimeZoneGiven) {
  overrides_.time_zone = "Europe/Berlin";
  EXPECT_EQ(policy().schedule->next(atMinute(0)), atMinute(60));
}

TEST_F(BackupPolicyTest, ReadsSixFieldsWithSecondsFirst) {
  system_.backup->schedule = "30 0 2 * * *";
  EXPECT_EQ(policy().schedule->next(atMinute(0)), atMinute(120) + 30s);
}

TEST_F(BackupPolicyTest, RefusesASectionThatIsNotWhole) {
  const BackupSpec whole = *system_.backup;
  system_.backup->schedule = std::nullopt;
  EXPECT_EQ(problem(),
            ".spec.dbSpec.dbBackup.schedule: is required; give a cron expression such as "
            "\"0 2 * * *\", or pass --schedule");
  system_.backup = whole;
  system_.backup->snapshot_class = std::nullopt;
  EXPECT_EQ(problem(),
            ".spec.dbSpec.dbBackup.volumeSnapshot.volumeSnapshotClass: is required; name a "
            "VolumeSnapshotClass of the database's storage, or pass --volume-snapshot-class");
  system_.backup = whole;
  system_.backup->max_snapshots = std::nullopt;
  EXPECT_EQ(problem(),
            ".spec.dbSpec.dbBackup.volumeSnapshot.maxSnapshots: is required; say how many good "
            "backups to keep, at least 1, or pass --max-snapshots");
}

TEST_F(BackupPolicyTest, RequiresTheWholeSectionEvenUnderAClassByFlag) {
  system_.backup->max_snapshots = std::nullopt;
  overrides_.snapshot_class = "other";
  EXPECT_THAT(problem(), HasSubstr("maxSnapshots: is required"));
}

TEST_F(BackupPolicyTest, RefusesAnEmptyClass) {
  system_.backup->snapshot_class = "";
  EXPECT_THAT(problem(),
              StartsWith(".spec.dbSpec.dbBackup.volumeSnapshot.volumeSnapshotClass: must be a "
                         "name, is \"\"; name a VolumeSnapshotClass"));
  overrides_.snapshot_class = "";
  EXPECT_THAT(problem(), StartsWith("--volume-snapshot-class: must be a name, is \"\"; "));
}

TEST_F(BackupPolicyTest, RefusesToKeepNothing) {
  for (const std::int64_t senseless : {std::int64_t{0}, std::int64_t{-1}}) {
    system_.backup->max_snapshots = senseless;
    EXPECT_EQ(problem(),
              ".spec.dbSpec.dbBackup.volumeSnapshot.maxSnapshots: must be at least 1, is " +
                  std::to_string(senseless) +
                  "; say how many good backups to keep, at least 1, or pass --max-snapshots");
  }
  overrides_.max_snapshots = 0;
  EXPECT_EQ(problem(),
            "--max-snapshots: must be at least 1, is 0; say how many good backups to keep, at "
            "least 1");
}

TEST_F(BackupPolicyTest, RefusesSchedulesTheCrdLetsPass) {
  for (const char* senseless :
       {"12345", "@reboot", "", "0 0 L * *", "0 0 1#2 * *", "0 0 1 * * * garbage", "99 99 * * *"}) {
    system_.backup->schedule = senseless;
    EXPECT_THAT(problem(),
                AllOf(StartsWith(".spec.dbSpec.dbBackup.schedule: must be a schedule, is \"" +
                                 std::string(senseless) + "\": "),
                      HasSubstr("; give a cron expression such as \"0 2 * * *\"")))
        << senseless;
  }
}

TEST_F(BackupPolicyTest, NamesTheFlagOfASenselessSchedule) {
  overrides_.schedule = "often";
  EXPECT_THAT(problem(), StartsWith("--schedule: must be a schedule, is \"often\": "));
}

TEST_F(BackupPolicyTest, NamesTheFlagOfAnUnknownTimeZone) {
  overrides_.time_zone = "Europe/Atlantis";
  EXPECT_THAT(problem(), AllOf(StartsWith("--time-zone: "), HasSubstr("Europe/Atlantis")));
}

TEST_F(BackupPolicyTest, AcceptsAScheduleThatNeverFires) {
  system_.backup->schedule = "0 0 30 2 *";
  EXPECT_EQ(policy().schedule->next(atMinute(0)), std::nullopt);
}

}  // namespace
}  // namespace job
