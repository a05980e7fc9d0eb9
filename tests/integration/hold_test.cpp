#include "job/pass/hold_backup.h"

#include <functional>
#include <initializer_list>

#include "common/time/rfc3339.h"
#include "tests/integration/pass_fixture.h"

namespace job {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr char kOld[] = "backup-20250110-020000";

class HoldTest : public PassTest {
 protected:
  Outcome<std::string> hold(const std::string& name) {
    settings_.backup_name = name;
    return inSession("hold-run", "laptop", holdBackup);
  }
  Outcome<std::string> release(const std::string& name) {
    settings_.backup_name = name;
    return inSession("release-run", "laptop", releaseBackup);
  }
  void addNights(std::initializer_list<const char*> nights) {
    for (const char* night : nights)
      world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000").ours());
  }
  k8s::ObjectRef leaseRef() const {
    return {{"coordination.k8s.io", "v1", "leases", "Lease"},
            world_.shape().name_space,
            world_.shape().clusterName() + "-db-backup"};
  }
  /// As long as virtual time passes.
  void renewLeaseForEver() {
    world_.timeline().at(world_.clock().now() + std::chrono::seconds(10), [this] {
      world_.server().update(leaseRef(), [&](json::Value& held) {
        held["spec"]["renewTime"] = timing::formatMicroTime(world_.clock().now());
      });
      renewLeaseForEver();
    });
  }
  static std::string holdOn(json::Value object) {
    const json::Value& value = object["metadata"]["annotations"][kHoldAnnotation];
    return value.string() == nullptr ? "" : *value.string();
  }
  /// Once, before the first request whose "VERB path" has this in it.
  void beforeFirst(const std::string& part, const std::function<void()>& act) {
    transport_.intercept([this, part, act, done = false](
                             const k8s::HttpRequest& request, int,
                             bool acted) mutable -> tl::expected<void, k8s::TransportError> {
      const std::string what = request.method + " " + request.target;
      if (!acted && !done && what.find(part) != std::string::npos) {
        done = true;
        act();
      }
      return {};
    });
  }
};

TEST_F(HoldTest, AHeldBackupIsMarkedOnEveryPartAndOutlivesMaxSnapshots) {
  world_.add(sim::aBackup(kOld).ours().withWal());
  addNights({"12", "13", "14"});
  const auto done = hold(kOld);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(*done, AllOf(HasSubstr(kOld), HasSubstr(" is held"), HasSubstr("release")));
  EXPECT_EQ(holdOn(world_.backup(kOld)), "true");
  EXPECT_EQ(holdOn(world_.snapshot(kOld)), "true");
  EXPECT_EQ(holdOn(world_.snapshot(std::string(kOld) + "-wal")), "true");
  EXPECT_EQ(leaseHolder(), "");

  const PassResult pass = run();
  EXPECT_EQ(pass.exit_code, ExitCode::kDone) << pass.reason;
  EXPECT_THAT(pass.held, ElementsAre(kOld));
  EXPECT_FALSE(world_.snapshot(kOld).isNull());
}

TEST_F(HoldTest, AReleasedBackupIsMarkedNowhereAndGoesWithTheNextPass) {
  world_.add(sim::aBackup(kOld).ours().withWal().held());
  addNights({"12", "13", "14"});
  const auto done = release(kOld);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(*done, AllOf(HasSubstr(" is released"), HasSubstr("The next pass, due at "),
                           HasSubstr("deletes it"), HasSubstr("maxSnapshots newer good backups")));
  EXPECT_EQ(holdOn(world_.backup(kOld)), "");
  EXPECT_EQ(holdOn(world_.snapshot(kOld)), "");
  EXPECT_EQ(holdOn(world_.snapshot(std::string(kOld) + "-wal")), "");

  const PassResult pass = run();
  EXPECT_EQ(pass.exit_code, ExitCode::kDone) << pass.reason;
  EXPECT_THAT(pass.pruned, Contains(kOld));
}

TEST_F(HoldTest, AReleaseTakesTheMarkFromTheBackupFirst) {
  world_.add(sim::aBackup(kOld).ours().withWal().held());
  addNights({"14"});
  ASSERT_TRUE(release(kOld));
  // A pass between the two would copy a Backup's hold to the snapshots again.
  std::vector<std::string> patched;
  for (const std::string& line : writes()) {
    if (line.find("/leases") == std::string::npos) patched.push_back(line);
  }
  ASSERT_EQ(patched.size(), 3U);
  EXPECT_THAT(patched[0], HasSubstr("/backups/"));
}

TEST_F(HoldTest, DoneAlreadyIsSaidAndChangesNothing) {
  world_.add(sim::aBackup(kOld).ours().held());
  addNights({"14"});
  const auto held = hold(kOld);
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_THAT(*held, HasSubstr("was held already"));
  EXPECT_THAT(writes(), Not(Contains(StartsWith("PATCH"))));
  const auto free = release("backup-20250114-020000");
  ASSERT_TRUE(free) << free.error().message;
  EXPECT_THAT(*free, AllOf(HasSubstr("was not marked as held"), HasSubstr("It stays for now")));
  EXPECT_THAT(writes(), Not(Contains(StartsWith("PATCH"))));
}

TEST_F(HoldTest, WhatAnInterruptedHoldOrReleaseLeftIsFinished) {
  world_.add(sim::aBackup(kOld).ours().withWal().onlyBackupHeld());
  ASSERT_TRUE(hold(kOld));
  EXPECT_EQ(holdOn(world_.snapshot(std::string(kOld) + "-wal")), "true");
  world_.server().update(world_.backupRef(kOld), [](json::Value& backup) {
    backup["metadata"]["annotations"].object()->erase(std::string(kHoldAnnotation));
  });
  ASSERT_TRUE(release(kOld));
  EXPECT_EQ(holdOn(world_.snapshot(kOld)), "");
  EXPECT_EQ(holdOn(world_.snapshot(std::string(kOld) + "-wal")), "");
}

TEST_F(HoldTest, AHoldOfFalseCountsAsNone) {
  world_.add(sim::aBackup(kOld).ours().held("false"));
  const auto done = hold(kOld);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(*done, HasSubstr(" is held"));
  EXPECT_EQ(holdOn(world_.snapshot(kOld)), "true");
}

TEST_F(HoldTest, ABackupWhoseBackupObjectIsGoneIsHeldByItsSnapshots) {
  world_.add(sim::aBackup(kOld).ours().withWal().withoutBackupObject());
  addNights({"12", "13", "14"});
  ASSERT_TRUE(hold(kOld));
  EXPECT_EQ(holdOn(world_.snapshot(kOld)), "true");
  EXPECT_THAT(run().held, ElementsAre(kOld));
  ASSERT_TRUE(release(kOld));
  EXPECT_THAT(run("run-2").pruned, Contains(kOld));
}

TEST_F(HoldTest, AFailedBackupIsHeldAndSaidToBeNoGood) {
  world_.add(sim::aBackup(kOld).ours().failedWithoutSnapshots());
  addNights({"14"});
  const auto done = hold(kOld);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(*done, AllOf(HasSubstr("It is failed"), HasSubstr("nothing can be restored")));
  EXPECT_THAT(run().held, ElementsAre(kOld));
}

TEST_F(HoldTest, AnUnknownNameIs78AndTellsOfANearOne) {
  addNights({"12", "13"});
  const auto done = hold("backup-20250112-02000");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ExitCode::kConfiguration);
  EXPECT_THAT(done.error().message, AllOf(HasSubstr("there is no backup backup-20250112-02000"),
                                          HasSubstr("did you mean backup-20250112-020000?"),
                                          HasSubstr("db-backup-status")));
  EXPECT_EQ(leaseHolder(), "");
  const auto far = release("something-else");
  ASSERT_FALSE(far);
  EXPECT_THAT(far.error().message,
              AllOf(HasSubstr("db-backup-status"), Not(HasSubstr("did you mean"))));
}

TEST_F(HoldTest, ASnapshotsNameLeadsToItsBackup) {
  world_.add(sim::aBackup(kOld).ours().withWal());
  const auto done = hold(std::string(kOld) + "-wal");
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("a VolumeSnapshot of backup " + std::string(kOld)));
}

TEST_F(HoldTest, ABackupThatIsBeingDeletedCanNotBeHeld) {
  world_.add(sim::aBackup(kOld).ours().terminating());
  const auto done = hold(kOld);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ExitCode::kConfiguration);
  EXPECT_THAT(done.error().message, HasSubstr("is being deleted already"));
}

TEST_F(HoldTest, ADryRunChangesNothing) {
  addNights({"11", "12", "13", "14"});
  world_.add(sim::aBackup(kOld).ours().held());
  settings_.dry_run = true;
  const auto held = hold("backup-20250111-020000");
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_THAT(*held, AllOf(StartsWith("Dry run: "), HasSubstr("would be held")));
  EXPECT_EQ(holdOn(world_.snapshot("backup-20250111-020000")), "");
  const auto released = release(kOld);
  ASSERT_TRUE(released) << released.error().message;
  EXPECT_THAT(*released, AllOf(HasSubstr("would be released"), HasSubstr("deletes it")));
  EXPECT_EQ(holdOn(world_.snapshot(kOld)), "true");
}

TEST_F(HoldTest, WhatElseKeepsAReleasedBackupIsSaid) {
  world_.add(sim::aBackup(kOld).ours().held());
  addNights({"12", "13", "14"});
  world_.editNoobaa([](json::Value& noobaa) {
    noobaa["spec"]["dbSpec"]["dbRecovery"]["volumeSnapshotName"] = kOld;
  });
  auto done = release(kOld);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(*done, AllOf(HasSubstr("kept all the same"), HasSubstr("dbRecovery names it")));
  world_.editNoobaa(
      [](json::Value& noobaa) { noobaa["spec"]["dbSpec"].object()->erase("dbRecovery"); });
  world_.addClusterFrom("drill", kOld);
  done = release(kOld);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(*done, HasSubstr("a Cluster's bootstrap refers to it"));
}

TEST_F(HoldTest, AReleaseNeedsNoConfigurationAndSaysWhatFollows) {
  world_.add(sim::aBackup(kOld).ours().held());
  world_.editNoobaa(
      [](json::Value& noobaa) { noobaa["spec"]["dbSpec"].object()->erase("dbBackup"); });
  auto done = release(kOld);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(*done,
              AllOf(HasSubstr(" is released"), HasSubstr("nothing is backed up or deleted")));
  world_.server().remove(world_.noobaaRef());
  done = release(kOld);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(*done, HasSubstr("is not known"));
}

TEST_F(HoldTest, UnderAnOperatorsScheduleAReleaseSaysThatPassesPruneNothing) {
  world_.add(sim::aBackup(kOld).ours().held());
  world_.add(sim::World::ScheduledBackup{});
  const auto done = release(kOld);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(*done, HasSubstr("passes prune nothing"));
}

TEST_F(HoldTest, AMissingRightIs77AndSaysWhatHoldsAllTheSame) {
  world_.add(sim::aBackup(kOld).ours());
  world_.server().forbid("admin", "patch", "backups.postgresql.cnpg.noobaa.io");
  world_.server().forbid("admin", "patch", "backups.postgresql.cnpg.io");
  const auto done = hold(kOld);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ExitCode::kForbidden);
  EXPECT_THAT(done.error().message,
              AllOf(HasSubstr("is held by the mark on VolumeSnapshot"), HasSubstr("verb patch")));
  EXPECT_EQ(holdOn(world_.snapshot(kOld)), "true");
}

TEST_F(HoldTest, AnotherObjectOfTheNameIsNotMarkedInItsPlace) {
  world_.add(sim::aBackup(kOld).ours());
  beforeFirst("PATCH", [&] {
    world_.server().remove(world_.backupRef(kOld));
    world_.server().remove(world_.snapshotRef(kOld));
    world_.advance(std::chrono::minutes(1));
  });
  const auto done = hold(kOld);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("there is no backup"));
}

TEST_F(HoldTest, ABackupReplacedMeanwhileIsLookedAtAgain) {
  world_.add(sim::aBackup(kOld).ours());
  beforeFirst("PATCH", [&] {
    world_.server().remove(world_.backupRef(kOld));
    world_.server().remove(world_.snapshotRef(kOld));
    world_.advance(std::chrono::minutes(1));
    world_.add(sim::aBackup(kOld).ours().failed());
  });
  const auto done = hold(kOld);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(*done, HasSubstr("It is failed"));
  EXPECT_EQ(holdOn(world_.backup(kOld)), "true");
  EXPECT_EQ(holdOn(world_.snapshot(kOld)), "true");
}

TEST_F(HoldTest, ALeaseThatIsTakenOverMidwayIsBusyAndSaysWhatHolds) {
  world_.add(sim::aBackup(kOld).ours().withWal());
  transport_.intercept(
      [this, done = false](const k8s::HttpRequest& request, int,
                           bool acted) mutable -> tl::expected<void, k8s::TransportError> {
        if (acted || done || request.method != "PATCH" ||
            request.target.find("/volumesnapshots/") == std::string::npos) {
          return {};
        }
        done = true;
        world_.advance(std::chrono::seconds(40));
        world_.server().update(leaseRef(), [&](json::Value& held) {
          held["spec"]["holderIdentity"] = "other/pod";
          held["spec"]["renewTime"] = timing::formatMicroTime(world_.clock().now());
        });
        return tl::unexpected(
            k8s::TransportError{k8s::TransportError::Kind::kBroken, "connection reset", true});
      });
  const auto done = hold(kOld);
  ASSERT_FALSE(done) << *done;
  EXPECT_EQ(done.error().code, ExitCode::kBusy) << done.error().message;
  EXPECT_THAT(done.error().message, AllOf(HasSubstr("is held by the mark on Backup"),
                                          HasSubstr("taken over by other/pod")));
  EXPECT_EQ(holdOn(world_.snapshot(kOld)), "");
}

TEST_F(HoldTest, WaitsForAPassAndGivesUpAsBusy) {
  world_.add(sim::aBackup(kOld).ours());
  json::Value lease = json::Object{
      {"apiVersion", "coordination.k8s.io/v1"},
      {"kind", "Lease"},
      {"metadata", json::Object{{"name", leaseRef().name}, {"namespace", leaseRef().name_space}}},
      {"spec", json::Object{{"holderIdentity", "other/pod"},
                            {"leaseDurationSeconds", 30},
                            {"renewTime", "2025-01-15T02:00:00.000000Z"}}}};
  world_.server().create(lease);
  renewLeaseForEver();
  settings_.lock_wait = std::chrono::seconds(45);
  const auto done = hold(kOld);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ExitCode::kBusy);
  EXPECT_EQ(holdOn(world_.snapshot(kOld)), "");
}

}  // namespace
}  // namespace job
