#include <functional>
#include <initializer_list>
#include <utility>

#include "common/time/rfc3339.h"
#include "tests/integration/pass_fixture.h"

namespace job {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Lt;
using testing::Not;
using testing::SizeIs;

using Answer = tl::expected<void, k8s::TransportError>;

/// What a pass must not do to the backups that are there, nor after it was told to stop.
class GuardTest : public PassTest {
 protected:
  using PassTest::PassTest;

  void inSeconds(int seconds, std::function<void()> step) {
    world_.timeline().at(world_.clock().now() + std::chrono::seconds(seconds), std::move(step));
  }
  void addNights(std::initializer_list<const char*> nights) {
    for (const char* night : nights) {
      world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000").ours());
    }
  }
  std::vector<std::string> deletes() {
    std::vector<std::string> found = writes();
    std::erase_if(found, [](const std::string& line) { return !line.starts_with("DELETE "); });
    return found;
  }
};

TEST_F(GuardTest, AFailedDeleteDoesNotStopTheOthers) {
  addNights({"11", "12", "13", "14"});
  transport_.intercept([](const k8s::HttpRequest& request, int, bool acted) -> Answer {
    if (acted || request.method != "DELETE" ||
        request.target.find("/volumesnapshots/backup-20250111-020000") == std::string::npos) {
      return {};
    }
    return tl::unexpected(
        k8s::TransportError{k8s::TransportError::Kind::kBroken, "connection reset", true});
  });
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kIncomplete) << result.reason;
  EXPECT_THAT(result.failed_to_prune, ElementsAre("backup-20250111-020000"));
  EXPECT_THAT(result.pruned, ElementsAre("backup-20250112-020000"));
  world_.advance(std::chrono::minutes(1));
  EXPECT_THAT(world_.snapshotNames(),
              ElementsAre("backup-20250111-020000", "backup-20250113-020000",
                          "backup-20250114-020000", "backup-20250115-020000"));
}

TEST_F(GuardTest, TheBackupJustMadeSurvivesOlderOnesThatAreDatedInTheFuture) {
  for (const char* night : {"12", "13", "14"}) {
    world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000")
                   .ours()
                   .endedAt("2025-03-01T02:00:00Z"));
  }
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(result.backup, "backup-20250115-020000");
  EXPECT_THAT(result.pruned, Not(Contains("backup-20250115-020000")));
  EXPECT_THAT(result.warnings, Contains(HasSubstr("dated in the future")));
  world_.advance(std::chrono::minutes(1));
  EXPECT_THAT(world_.snapshotNames(), Contains("backup-20250115-020000"));
  EXPECT_THAT(world_.backupNames(), Contains("backup-20250115-020000"));
}

/// An operator's schedule that is not ours to touch.
class GuardScheduleTest : public GuardTest {
 protected:
  std::string name() const { return world_.shape().clusterName() + "-scheduled-backup"; }
  k8s::ObjectRef ref() const {
    return {scheduledBackupType(world_.shape().cnpg_group), world_.shape().name_space, name()};
  }
  void addScheduledNights() {
    for (const char* night : {"10", "11", "12", "13", "14"}) {
      world_.add(sim::aBackup(name() + "-202501" + night + "020000").operatorScheduled(name()));
    }
  }
};

TEST_F(GuardScheduleTest, TheBackupsOfASuspendedOneArePruned) {
  world_.add(sim::World::ScheduledBackup{.suspended = true});
  addScheduledNights();
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.pruned, SizeIs(3));
}

TEST_F(GuardScheduleTest, TheBackupsOfOneUnsuspendedDuringThePassAreNot) {
  world_.add(sim::World::ScheduledBackup{.suspended = true});
  addScheduledNights();
  inSeconds(5, [&] {
    world_.server().update(ref(),
                           [](json::Value& schedule) { schedule["spec"]["suspend"] = false; });
  });
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.pruned, IsEmpty());
  EXPECT_THAT(deletes(), IsEmpty());
}

TEST_F(GuardScheduleTest, IsNotSuspendedByAPassThatIsRefused) {
  world_.add(sim::World::ScheduledBackup{});
  settings_.operator_schedule = OperatorSchedulePolicy::kSuspend;
  world_.editNoobaa([](json::Value& noobaa) {
    noobaa["spec"]["dbSpec"]["dbBackup"]["volumeSnapshot"]["volumeSnapshotClass"] = "no-such-class";
  });
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kRefused);
  EXPECT_THAT(result.reason, HasSubstr("no-such-class"));
  json::Value schedule = world_.get(ref());
  EXPECT_EQ(schedule["spec"]["suspend"], json::Value(false));
}

class GuardOtherGroupTest : public GuardTest {
 protected:
  static sim::WorldOptions bothGroups() {
    sim::WorldOptions options;
    options.more_cnpg_groups = {std::string(kUpstreamCnpgGroup)};
    return options;
  }
  GuardOtherGroupTest() : GuardTest(bothGroups()) {}
};

TEST_F(GuardOtherGroupTest, WhatAClusterInTheOtherGroupNeedsStaysThoughOneGroupIsNamed) {
  settings_.cnpg_api_group = world_.shape().cnpg_group;
  addNights({"10", "11", "12", "13", "14"});
  json::Value drill;
  drill["apiVersion"] = clusterType(kUpstreamCnpgGroup).apiVersion();
  drill["kind"] = "Cluster";
  drill["metadata"]["name"] = "drill";
  drill["metadata"]["namespace"] = world_.shape().name_space;
  json::Value cluster = world_.cluster();
  drill["spec"] = cluster["spec"];
  drill["spec"].object()->erase("bootstrap");
  json::Value& source = drill["spec"]["bootstrap"]["recovery"]["volumeSnapshots"]["storage"];
  source["apiGroup"] = "snapshot.storage.k8s.io";
  source["kind"] = "VolumeSnapshot";
  source["name"] = "backup-20250110-020000";
  world_.server().create(drill);
  const PassResult result = run();
  ASSERT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.pruned, ElementsAre("backup-20250111-020000", "backup-20250112-020000"));
  EXPECT_THAT(result.held, ElementsAre("backup-20250110-020000"));
}

/// Stopped at this point or that.
class GuardStopTest : public GuardTest {
 protected:
  k8s::ObjectRef leaseRef() const {
    return {{"coordination.k8s.io", "v1", "leases", "Lease"},
            world_.shape().name_space,
            world_.shape().clusterName() + "-db-backup"};
  }
  void renewForever() {
    world_.server().update(leaseRef(), [&](json::Value& held) {
      held["spec"]["renewTime"] = timing::formatMicroTime(world_.clock().now());
    });
    inSeconds(10, [this] { renewForever(); });
  }
  void stopIn(int seconds) {
    inSeconds(seconds, [this] { stop_.request_stop(); });
  }
};

TEST_F(GuardStopTest, WhilePruningNothingMoreIsDeleted) {
  addNights({"10", "11", "12", "13", "14"});
  transport_.intercept([&](const k8s::HttpRequest& request, int, bool acted) -> Answer {
    if (acted && request.method == "DELETE") stop_.request_stop();
    return {};
  });
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kInterrupted) << result.reason;
  EXPECT_EQ(outcomeOf(result), PassOutcome::kInterrupted);
  EXPECT_THAT(deletes(), ElementsAre(HasSubstr("/volumesnapshots/backup-20250110-020000")));
  // The others were not even tried.
  EXPECT_THAT(result.failed_to_prune, Not(Contains("backup-20250111-020000")));
  EXPECT_THAT(result.failed_to_prune, Not(Contains("backup-20250112-020000")));
  EXPECT_EQ(leaseHolder(), "");
  world_.advance(std::chrono::minutes(1));
  EXPECT_THAT(world_.snapshotNames(), SizeIs(5));
}

TEST_F(GuardStopTest, WhileWaitingForTheLockNothingIsMade) {
  json::Value lease;
  lease["apiVersion"] = "coordination.k8s.io/v1";
  lease["kind"] = "Lease";
  lease["metadata"]["name"] = leaseRef().name;
  lease["metadata"]["namespace"] = leaseRef().name_space;
  lease["spec"]["holderIdentity"] = "other-run/other-pod";
  lease["spec"]["leaseDurationSeconds"] = 30;
  world_.server().create(lease);
  renewForever();
  stopIn(20);
  const auto began = world_.clock().monotonic();
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kInterrupted) << result.reason;
  EXPECT_THAT(world_.clock().monotonic() - began, Lt(std::chrono::seconds(25)));
  EXPECT_THAT(world_.backupNames(), IsEmpty());
  EXPECT_EQ(leaseHolder(), "other-run/other-pod");
}

TEST_F(GuardStopTest, DuringPreflightNothingIsMade) {
  world_.setPhase("Failing over");
  stopIn(20);
  const auto began = world_.clock().monotonic();
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kInterrupted) << result.reason;
  EXPECT_THAT(world_.clock().monotonic() - began, Lt(std::chrono::seconds(25)));
  EXPECT_THAT(world_.backupNames(), IsEmpty());
  EXPECT_EQ(leaseHolder(), "");
}

TEST_F(GuardStopTest, GivingTheLeaseBackToAServerThatStallsIsBounded) {
  stopIn(5);
  int tries = 0;
  transport_.intercept([&](const k8s::HttpRequest& request, int, bool acted) -> Answer {
    if (acted || !stop_.stop_requested() || request.target.find("/leases/") == std::string::npos)
      return {};
    ++tries;
    world_.advance(std::chrono::seconds(1));
    return tl::unexpected(
        k8s::TransportError{k8s::TransportError::Kind::kConnect, "no answer", false});
  });
  const auto began = world_.clock().monotonic();
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kInterrupted) << result.reason;
  EXPECT_GE(tries, 1);
  EXPECT_THAT(world_.clock().monotonic() - began, Lt(std::chrono::seconds(5 + 4)));
}

}  // namespace
}  // namespace job
