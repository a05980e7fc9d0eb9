#include "tests/matrix/safety.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/fields.h"
#include "tests/sim/test_world.h"

namespace matrix {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ClusterView::Backup backupOf(const std::string& name, const std::string& run) {
  const std::string end = "2025-01-" + name + "T02:00:16Z";
  return {.name = name,
          .run = run,
          .phase = "completed",
          .exists = true,
          .members = {{.name = name, .role = "PG_DATA", .end = end, .ready = true},
                      {.name = name + "-wal", .role = "PG_WAL", .end = end, .ready = true}}};
}

ClusterView viewOf(std::vector<ClusterView::Backup> backups) {
  ClusterView view{.backups = std::move(backups)};
  for (const auto& backup : view.good()) {
    view.status.available.push_back(backup.name);
    view.status.last = backup.data()->end;
  }
  view.status.total = static_cast<std::int64_t>(view.backups.size());
  view.status.next = "2025-02-01T02:00:00Z";
  return view;
}

/// A night after which everything is as it should be, but for what a test spoils.
class SafetyTest : public testing::Test {
 protected:
  std::vector<std::string> broken() const { return brokenPromises(before_, after_, "run", 1); }

  ClusterView before_ = viewOf({backupOf("10", "earlier")});
  ClusterView after_ = viewOf({backupOf("11", "run")});
};

TEST_F(SafetyTest, HoldsAfterAGoodNight) {
  EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(SafetyTest, MissesTheRunsBackup) {
  after_ = viewOf({backupOf("11", "another")});
  EXPECT_THAT(broken(), ElementsAre(HasSubstr("0 Backups")));
}

TEST_F(SafetyTest, SeesTwoBackupsOfTheRun) {
  after_ = viewOf({backupOf("11", "run"), backupOf("12", "run")});
  EXPECT_THAT(broken(), ElementsAre(HasSubstr("2 Backups")));
}

TEST_F(SafetyTest, AFailedBackupOfTheRunIsNoSecondOne) {
  auto failed = backupOf("12", "run");
  failed.phase = "failed";
  after_ = viewOf({backupOf("11", "run"), failed});
  EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(SafetyTest, SeesTheHeldLease) {
  after_.lease_holder = "run/pod";
  EXPECT_THAT(broken(), ElementsAre(HasSubstr("run/pod")));
}

TEST_F(SafetyTest, SeesTheFence) {
  after_.fenced = R"(["db-1"])";
  EXPECT_THAT(broken(), ElementsAre(HasSubstr("db-1")));
}

TEST_F(SafetyTest, SeesEachUntruthOfTheStatus) {
  after_.status = {.last = "2025-01-10T02:00:16Z", .next = "", .total = 2, .available = {"10"}};
  EXPECT_THAT(broken(), ElementsAre(HasSubstr("availableSnapshots"), HasSubstr("lastBackupTime"),
                                    HasSubstr("totalSnapshots"), HasSubstr("nextBackupTime")));
}

TEST_F(SafetyTest, SeesThatTheLastGoodCopyWent) {
  after_ = viewOf({});
  EXPECT_THAT(lostCopies(before_, after_, 1),
              ElementsAre(HasSubstr("10 is lost"), HasSubstr("no good backup left")));
}

TEST_F(SafetyTest, SeesThatOneOfTheNewestWent) {
  before_ = viewOf({backupOf("08", ""), backupOf("09", ""), backupOf("10", "")});
  EXPECT_THAT(lostCopies(before_, viewOf({backupOf("10", ""), backupOf("11", "run")}), 2),
              IsEmpty());
  EXPECT_THAT(lostCopies(before_, viewOf({backupOf("09", ""), backupOf("11", "run")}), 2),
              ElementsAre(HasSubstr("10 is lost")));
}

TEST_F(SafetyTest, ABackupWithoutAMemberOrOnItsWayOutIsNoCopy) {
  auto halved = backupOf("10", "earlier");
  halved.members.pop_back();
  auto leaving = backupOf("10", "earlier");
  leaving.members.back().deleting = true;
  auto unready = backupOf("10", "earlier");
  unready.members.back().ready = false;
  auto undated = backupOf("10", "earlier");
  undated.members.front().end.clear();
  for (const auto& backup : {halved, leaving, unready, undated}) {
    EXPECT_THAT(lostCopies(before_, viewOf({backup}), 1), testing::SizeIs(2));
  }
}

TEST(ClusterViewTest, ReadsWhatTheClusterShows) {
  sim::WorldOptions options;
  options.shape.wal_storage = true;
  sim::TestWorld world(options);
  world.add(sim::aBackup("backup-20250101-020000").ours("run-1").withWal());
  world.add(sim::aBackup("backup-20250102-020000").ours("run-2").withWal().notReady());
  world.fenceInstance("db-2");
  world.editNoobaa([](json::Value& noobaa) {
    json::Value& status = noobaa["status"]["dbStatus"]["backupStatus"];
    status["lastBackupTime"] = "2025-01-01T02:00:16Z";
    status["availableSnapshots"] = json::Array{"backup-20250101-020000"};
    status["totalSnapshots"] = 2;
  });
  world.server().create(sim::literal(
      R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"namespace":"noobaa",
          "name":"noobaa-db-pg-cluster-db-backup"},"spec":{"holderIdentity":"somebody"}})"));

  auto transport = world.transport();
  auto log = logging::Logger::silent(world.clock());
  k8s::Client client(transport, world.clock(), [] { return 0.5; }, log, {});
  Installation installation;
  installation.name_space = world.shape().name_space;
  installation.cnpg_group = world.shape().cnpg_group;
  const auto view = viewCluster(client, installation);

  ASSERT_TRUE(view) << view.error();
  ASSERT_THAT(view->backups, testing::SizeIs(2));
  EXPECT_EQ(view->backups.front().run, "run-1");
  EXPECT_TRUE(view->backups.front().isGood());
  EXPECT_FALSE(view->backups.back().isGood());
  EXPECT_EQ(view->lease_holder, "somebody");
  EXPECT_THAT(view->fenced, HasSubstr("db-2"));
  EXPECT_EQ(view->status.last, "2025-01-01T02:00:16Z");
  EXPECT_EQ(view->status.total, 2);
  EXPECT_THAT(view->status.available, ElementsAre("backup-20250101-020000"));
}

}  // namespace
}  // namespace matrix
