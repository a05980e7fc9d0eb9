#include "job/model/packed_models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <malloc.h>

#include <limits>
#include <string>
#include <vector>

#include "job/model/backup_groups.h"
#include "tests/job/builders.h"

namespace job {
namespace {

Timestamp afterEpoch(std::int64_t microseconds) {
  return Timestamp::of(timing::Instant(timing::Instant::duration(microseconds)));
}

const std::string kUuid = "0b5e4c1e-9f00-4a7b-8c3d-2e1f0a9b8c7d";

/// No two fields alike.
Backup fullBackup() {
  Backup backup;
  backup.name = "backup-20250115-020000";
  backup.uid = kUuid;
  backup.resource_version = "123456789";
  backup.cluster = "cluster";
  backup.method = "method";
  backup.online = false;
  backup.has_label_file = true;
  backup.phase = "phase";
  backup.progress = BackupProgress::kFailed;
  backup.error = "error";
  backup.instance = "instance";
  backup.created = Timestamp::of(atMinute(3));
  backup.started = Timestamp::of(atMinute(2) + std::chrono::microseconds(17));
  backup.stopped = Timestamp::read("yesterday");
  backup.deleting = true;
  backup.ours = true;
  backup.run = "run";
  backup.held = true;
  backup.scheduled_by = "schedule";
  return backup;
}

VolumeSnapshot fullSnapshot() {
  VolumeSnapshot snapshot;
  snapshot.name = "backup-20250115-020000-wal";
  snapshot.uid = kUuid;
  snapshot.resource_version = "987";
  snapshot.cluster = "cluster";
  snapshot.backup_name = "backup-20250115-020000";
  snapshot.scheduled_by = "schedule";
  snapshot.role = VolumeRole::kTablespace;
  snapshot.tablespace = "hot";
  snapshot.source_pvc = "pvc";
  snapshot.ready = true;
  snapshot.error = "error";
  snapshot.restore_size = "50Gi";
  snapshot.deleting = true;
  snapshot.created = Timestamp::read("tomorrow");
  snapshot.backup_start = Timestamp::of(atMinute(1));
  snapshot.backup_end = Timestamp::of(atMinute(5));
  snapshot.has_label_file = true;
  snapshot.control_data = ControlData{
      .state = "shut down", .system_identifier = "7", .checkpoint = WalPosition{3, ~0ULL}};
  snapshot.manifest_volumes = VolumeSet{.wal = true, .tablespaces = {"cold", "hot"}};
  snapshot.manifest_cluster_uid = "uid-of-cluster";
  snapshot.ours = true;
  snapshot.run = kUuid;
  snapshot.held = true;
  snapshot.unreadable = true;
  snapshot.recorded_verdict = "certified";
  return snapshot;
}

TEST(PackedModelsTest, EveryFieldComesBackAsItWas) {
  EXPECT_EQ(Backups({fullBackup()})[0], fullBackup());
  EXPECT_EQ(Backups({Backup()})[0], Backup());
  EXPECT_EQ(VolumeSnapshots({fullSnapshot()})[0], fullSnapshot());
  EXPECT_EQ(VolumeSnapshots({VolumeSnapshot()})[0], VolumeSnapshot());
}

TEST(PackedModelsTest, TextsComeBackWhateverTheyAre) {
  const std::vector<std::string> texts = {"",
                                          "x",
                                          kUuid,
                                          "0B5E4C1E-9F00-4A7B-8C3D-2E1F0A9B8C7D",
                                          "0b5e4c1e09f00-4a7b-8c3d-2e1f0a9b8c7d",
                                          std::string("nul\0 and more", 13),
                                          "backup-20250115-020000",
                                          std::string(200, 'l'),
                                          std::string(70'000, 'l')};
  for (const std::string& text : texts) {
    Backup backup;
    VolumeSnapshot snapshot;
    for (std::string* field : {&backup.name, &backup.uid, &backup.resource_version, &backup.run,
                               &backup.error, &snapshot.name, &snapshot.uid, &snapshot.run,
                               &snapshot.backup_name, &snapshot.recorded_verdict}) {
      *field = text;
      ASSERT_EQ(Backups({fullBackup(), backup, fullBackup()})[1], backup);
      ASSERT_EQ(VolumeSnapshots({fullSnapshot(), snapshot})[1], snapshot);
    }
  }
}

TEST(PackedModelsTest, TimesComeBackHoweverFarApart) {
  constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t a : {kFirst, std::int64_t{-1}, std::int64_t{0}, kLast}) {
    for (const std::int64_t b : {kFirst, std::int64_t{-1'000'000}, std::int64_t{1}, kLast}) {
      Backup backup;
      backup.created = afterEpoch(a);
      backup.started = afterEpoch(b);
      backup.stopped = afterEpoch(a);
      EXPECT_EQ(Backups({backup})[0], backup) << a << " " << b;
    }
  }
}

TEST(PackedModelsTest, TextsOfTheirOwnInEachOfVeryManyComeBack) {
  constexpr int kMany = 6000;  // more than are kept to be shared
  Backups backups;
  for (int i = 0; i < kMany; ++i) {
    backups.push_back(aBackup("b" + std::to_string(i)).failed("error " + std::to_string(i)));
  }
  for (std::size_t i = 0; i < kMany; ++i) {
    ASSERT_EQ(backups[i].name, "b" + std::to_string(i));
    ASSERT_EQ(backups[i].error, "error " + std::to_string(i));
  }
}

TEST(PackedModelsTest, AChangedModelTakesThePlaceOfTheOther) {
  Backups backups = {aBackup("a"), aBackup("b")};
  backups.set(0, aBackup("changed"));
  EXPECT_EQ(backups[0].name, "changed");
  EXPECT_EQ(backups[1].name, "b");
  EXPECT_EQ(backups.size(), 2U);
}

std::string uuidOf(int number) {
  std::string uuid = kUuid;
  const std::string digits = std::to_string(1'000'000 + number);
  return uuid.replace(0, digits.size(), digits);
}

// The bytes, and not how long it takes: docs/performance.md says what they add up to.
TEST(PackedModelsTest, ABackupAndItsSnapshotTakeAFewHundredBytes) {
  constexpr int kMany = 2000;
  const auto before = mallinfo2().uordblks;
  Backups backups;
  VolumeSnapshots snapshots;
  for (int i = 0; i < kMany; ++i) {
    const std::string name = "noobaa-db-backup-2025" + std::to_string(1'000'000'000 + i);
    Backup backup = aBackup(name);
    backup.uid = uuidOf(i);
    backup.run = uuidOf(kMany + i);
    backup.resource_version = std::to_string(123'456'789 + i);
    backup.created = Timestamp::of(atMinute(i));
    backups.push_back(backup);
    VolumeSnapshot snapshot = aSnapshot(name);
    snapshot.uid = uuidOf(2 * kMany + i);
    snapshot.run = backup.run;
    snapshot.resource_version = backup.resource_version;
    snapshot.backup_end = Timestamp::of(atMinute(i));
    snapshot.control_data->checkpoint->lsn += static_cast<std::uint64_t>(i) << 24U;
    snapshots.push_back(snapshot);
  }
  const BackupGroups groups(std::move(backups), std::move(snapshots), kTestCluster);
  ASSERT_EQ(groups.size(), kMany);
  const auto after = mallinfo2().uordblks;
  if (after == before) GTEST_SKIP() << "this allocator does not count";
  EXPECT_LT((after - before) / kMany, 350U);
}

// A pass sets the judgement of each backup anew after each one that could not be deleted.
TEST(PackedModelsTest, SettingRecordsAgainAndAgainTakesNoMoreMemory) {
  Backups backups;
  for (int i = 0; i < 100; ++i) backups.push_back(aBackup("backup-" + std::to_string(1000 + i)));
  const auto before = mallinfo2().uordblks;
  for (int times = 0; times < 100; ++times) {
    for (std::size_t i = 0; i < backups.size(); ++i) {
      Backup changed = backups[i];
      changed.phase = times % 2 == 0 ? "failed" : "completed";
      backups.set(i, changed);
    }
  }
  const auto after = mallinfo2().uordblks;
  EXPECT_EQ(backups[7].name, "backup-1007");
  EXPECT_EQ(backups[7].phase, "completed");
  EXPECT_EQ(backups[8].name, "backup-1008");
  EXPECT_LT(after - before, 10'000U);
}

TEST(PackedModelsTest, ARecordThatShrinksAndGrowsBackTakesNoMoreMemory) {
  Backup whole = aBackup("backup");
  whole.run = std::string(500, 'x');
  Backup shorter = whole;
  shorter.run = "y";
  Backups backups{whole};
  const auto before = mallinfo2().uordblks;
  for (int times = 0; times < 1000; ++times) {
    backups.set(0, shorter);
    backups.set(0, whole);
  }
  const auto after = mallinfo2().uordblks;
  EXPECT_EQ(backups[0].run, whole.run);
  EXPECT_LT(after - before, 10'000U);
}

TEST(PackedModelsTest, ARecordThatGrewIsFoundAndItsNeighboursAreAsTheyWere) {
  Backups backups{aBackup("first"), aBackup("second"), aBackup("third")};
  Backup changed = backups[1];
  changed.run = std::string(500, 'x');
  backups.set(1, changed);
  EXPECT_EQ(backups[0].name, "first");
  EXPECT_EQ(backups[1].name, "second");
  EXPECT_EQ(backups[1].run, std::string(500, 'x'));
  EXPECT_EQ(backups[2].name, "third");
}

}  // namespace
}  // namespace job
