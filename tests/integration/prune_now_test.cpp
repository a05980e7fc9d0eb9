#include "job/pass/prune_now.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <map>

#include "job/pass/plan_file.h"
#include "tests/integration/pass_fixture.h"
#include "tests/support/child_process.h"

namespace job {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::string night(const std::string& day) {
  return "backup-202501" + day + "-020000";
}

/// Five good nights, the world's maxSnapshots being three, so that two are to go.
class PruneNowTest : public PassTest {
 protected:
  PruneNowTest() {
    for (const char* day : {"10", "11", "12", "13", "14"})
      world_.add(sim::aBackup(night(day)).ours());
  }

  PassResult prune(const std::string& run_id = "prune-run") {
    return inSession(run_id, "laptop", pruneNow);
  }
  PassResult planOut() {
    settings_.plan_out = plan_;
    PassResult result = prune();
    settings_.plan_out.clear();
    return result;
  }
  PassResult apply(const std::string& run_id = "apply-run") {
    settings_.plan_in = plan_;
    PassResult result = prune(run_id);
    settings_.plan_in.clear();
    return result;
  }
  std::string text(const PassResult& result) { return toText(result, world_.clock().now()); }
  void hold(const std::string& snapshot) {
    world_.server().update(world_.snapshotRef(snapshot), [](json::Value& object) {
      object["metadata"]["annotations"][kHoldAnnotation] = "true";
    });
  }
  void setMax(int max) {
    world_.editNoobaa([max](json::Value& noobaa) {
      noobaa["spec"]["dbSpec"]["dbBackup"]["volumeSnapshot"]["maxSnapshots"] = max;
    });
  }
  std::vector<std::string> deletes() {
    std::vector<std::string> found;
    for (const std::string& line : writes()) {
      if (line.starts_with("DELETE")) found.push_back(line);
    }
    return found;
  }
  /// Before the first request whose "VERB path" has this in it.
  void beforeFirst(const std::string& part, const std::function<void()>& act) {
    transport_.intercept(
        [part, act, done = false](const k8s::HttpRequest& request, int,
                                  bool acted) mutable -> tl::expected<void, k8s::TransportError> {
          const std::string what = request.method + " " + request.target;
          if (!acted && !done && what.find(part) != std::string::npos) {
            done = true;
            act();
          }
          return {};
        });
  }
  /// The API server is gone from the so manieth delete on.
  void breakAtDelete(int number) {
    transport_.intercept(
        [number, deletes = 0](const k8s::HttpRequest& request, int,
                              bool acted) mutable -> tl::expected<void, k8s::TransportError> {
          if (request.method == "DELETE" && !acted) ++deletes;
          if (deletes < number) return {};
          return tl::unexpected(
              k8s::TransportError{k8s::TransportError::Kind::kBroken, "connection reset", true});
        });
  }
  /// The same from its so manieth request on; false when it was not asked so often.
  bool breakAtRequest(int number, const std::function<void()>& act) {
    int requests = 0;
    transport_.intercept(
        [number, &requests](const k8s::HttpRequest&, int,
                            bool acted) -> tl::expected<void, k8s::TransportError> {
          if (!acted) ++requests;
          if (requests < number) return {};
          return tl::unexpected(
              k8s::TransportError{k8s::TransportError::Kind::kBroken, "connection reset", true});
        });
    act();
    transport_.intercept({});
    return requests >= number;
  }
  bool isSuspended() {
    json::Value schedule =
        world_.get({scheduledBackupType(world_.shape().cnpg_group), world_.shape().name_space,
                    world_.shape().clusterName() + "-scheduled-backup"});
    return schedule["spec"]["suspend"] == json::Value(true);
  }
  static std::map<std::string, RetentionReason> reasons(const PassResult& result) {
    std::map<std::string, RetentionReason> reasons;
    for (const DecidedBackup& backup : result.decided) reasons[backup.name] = backup.reason;
    return reasons;
  }

  testing_support::ScratchFolder folder_;
  std::string plan_ = folder_.path("plan.json");
};

TEST_F(PruneNowTest, DeletesWhatAPassWouldAndWritesTheStatus) {
  const PassResult result = prune();
  ASSERT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(outcomeOf(result), PassOutcome::kCompleted);
  EXPECT_THAT(result.pruned, ElementsAre(night("10"), night("11")));
  EXPECT_EQ(result.kept, 3);
  world_.advance(std::chrono::minutes(1));
  EXPECT_THAT(world_.snapshotNames(), ElementsAre(night("12"), night("13"), night("14")));
  EXPECT_THAT(world_.backupNames(), ElementsAre(night("12"), night("13"), night("14")));
  EXPECT_EQ(status()["availableSnapshots"],
            json::Value(json::Array{night("12"), night("13"), night("14")}));
  EXPECT_THAT(eventReasons(), Contains("SnapshotPruned"));
  EXPECT_EQ(leaseHolder(), "");
  EXPECT_THAT(text(result), AllOf(HasSubstr("2 backups were deleted"), HasSubstr("deleted"),
                                  HasSubstr("ExceedsMaxSnapshots"),
                                  HasSubstr("maxSnapshots newer good backups exist")));
}

TEST_F(PruneNowTest, TheStatusStopsOfferingABackupBeforeItGoes) {
  json::Value offered;
  beforeFirst("DELETE", [&] { offered = status()["availableSnapshots"]; });
  prune();
  EXPECT_EQ(offered, json::Value(json::Array{night("12"), night("13"), night("14")}));
}

TEST_F(PruneNowTest, WhereNothingIsToGoItSaysSo) {
  setMax(5);
  const PassResult result = prune();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(outcomeOf(result), PassOutcome::kNothingToDo);
  EXPECT_THAT(result.reason, HasSubstr("no backup is to go"));
  EXPECT_THAT(deletes(), IsEmpty());
}

TEST_F(PruneNowTest, ADryRunShowsTheDecisionOnEveryBackupAndChangesNothing) {
  world_.add(sim::aBackup(night("01")).ours().held());
  world_.add(sim::aBackup(night("09")).ours().failed());
  world_.add(sim::aBackup("by-hand").inPhase("started"));
  world_.addPendingClaim("restoring", night("11"));
  settings_.dry_run = true;
  const PassResult result = prune();
  ASSERT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.would_prune, ElementsAre(night("09"), night("10")));
  EXPECT_THAT(result.pruned, IsEmpty());
  EXPECT_THAT(result.held, ElementsAre(night("01"), night("11")));
  EXPECT_EQ(result.kept, 3);
  EXPECT_THAT(writes(), IsEmpty());
  const std::map<std::string, RetentionReason> expected = {
      {night("01"), RetentionReason::kHeldByAnnotation},
      {night("09"), RetentionReason::kFailedSuperseded},
      {night("10"), RetentionReason::kExceedsMaxSnapshots},
      {night("11"), RetentionReason::kHeldByPvc},
      {night("12"), RetentionReason::kWithinMaxSnapshots},
      {night("13"), RetentionReason::kWithinMaxSnapshots},
      {night("14"), RetentionReason::kWithinMaxSnapshots},
      {"by-hand", RetentionReason::kInFlight}};
  EXPECT_EQ(reasons(result), expected);
  EXPECT_THAT(text(result),
              AllOf(HasSubstr("2 backups would be deleted"), HasSubstr("WHY"),
                    HasSubstr("a pending PersistentVolumeClaim is to be filled from it"),
                    HasSubstr("Would keep: 3 good backups (maxSnapshots 3), 2 held")));
}

TEST_F(PruneNowTest, EveryReasonIsShownEvenWhereNothingIsToGo) {
  setMax(5);
  world_.addClusterFrom("drill", night("14"));
  settings_.dry_run = true;
  const PassResult result = prune();
  EXPECT_EQ(outcomeOf(result), PassOutcome::kNothingToDo);
  EXPECT_EQ(reasons(result)[night("14")], RetentionReason::kHeldByCluster);
}

TEST_F(PruneNowTest, ABackupInFlightIsNotWaitedForAndStays) {
  world_.add(sim::aBackup("by-hand").inPhase("started"));
  const auto before = world_.clock().now();
  const PassResult result = prune();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_LT(world_.clock().now() - before, std::chrono::minutes(1));
  EXPECT_THAT(result.pruned, ElementsAre(night("10"), night("11")));
  EXPECT_FALSE(world_.backup("by-hand").isNull());
}

TEST_F(PruneNowTest, IsLeftToAnOperatorThatSchedules) {
  world_.add(sim::World::ScheduledBackup{});
  const PassResult result = prune();
  EXPECT_EQ(result.exit_code, ExitCode::kDone);
  EXPECT_EQ(outcomeOf(result), PassOutcome::kDeferred);
  EXPECT_THAT(result.reason, HasSubstr("--operator-schedule suspend"));
  EXPECT_THAT(writes(), IsEmpty());
  EXPECT_EQ(outcomeOf(planOut()), PassOutcome::kDeferred);
  EXPECT_FALSE(readPlanFile(plan_));
  settings_.operator_schedule = OperatorSchedulePolicy::kIgnore;
  EXPECT_THAT(prune().pruned, ElementsAre(night("10"), night("11")));
}

TEST_F(PruneNowTest, SuspendsAnOperatorsScheduleWhenToldToAndThenPrunes) {
  world_.add(sim::World::ScheduledBackup{});
  settings_.operator_schedule = OperatorSchedulePolicy::kSuspend;
  planOut();
  settings_.dry_run = true;
  EXPECT_THAT(prune().would_prune, ElementsAre(night("10"), night("11")));
  settings_.dry_run = false;
  EXPECT_THAT(writes(), IsEmpty());
  const PassResult result = apply();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.pruned, ElementsAre(night("10"), night("11")));
  EXPECT_TRUE(isSuspended());
}

TEST_F(PruneNowTest, WithoutTheRightToSuspendItNothingIsPruned) {
  world_.add(sim::World::ScheduledBackup{});
  world_.server().forbid("admin", "patch", "scheduledbackups." + world_.shape().cnpg_group);
  settings_.operator_schedule = OperatorSchedulePolicy::kSuspend;
  const PassResult result = prune();
  EXPECT_EQ(result.exit_code, ExitCode::kForbidden);
  EXPECT_THAT(result.reason, HasSubstr("suspend ScheduledBackup"));
  EXPECT_THAT(deletes(), IsEmpty());
  EXPECT_EQ(result.kept, 5);
}

TEST_F(PruneNowTest, APlanIsRefusedWhereAnOperatorSchedules) {
  planOut();
  world_.add(sim::World::ScheduledBackup{});
  for (const bool dry_run : {true, false}) {
    settings_.dry_run = dry_run;
    const PassResult result = apply();
    EXPECT_EQ(result.exit_code, ExitCode::kIncomplete);
    EXPECT_EQ(outcomeOf(result), PassOutcome::kRefused);
    EXPECT_THAT(result.reason,
                AllOf(HasSubstr(plan_ + " was not applied"), HasSubstr("schedules the backups")));
  }
  EXPECT_THAT(writes(), IsEmpty());
}

TEST_F(PruneNowTest, APlanIsRefusedWhereNothingIsConfigured) {
  planOut();
  world_.editNoobaa(
      [](json::Value& noobaa) { noobaa["spec"]["dbSpec"].object()->erase("dbBackup"); });
  const PassResult result = apply();
  EXPECT_EQ(result.exit_code, ExitCode::kIncomplete);
  EXPECT_EQ(outcomeOf(result), PassOutcome::kRefused);
  EXPECT_THAT(result.reason, HasSubstr("was not applied"));
  EXPECT_THAT(writes(), IsEmpty());
}

TEST_F(PruneNowTest, WithoutConfigurationThereIsNothingToDo) {
  world_.editNoobaa(
      [](json::Value& noobaa) { noobaa["spec"]["dbSpec"].object()->erase("dbBackup"); });
  PassResult result = prune();
  EXPECT_EQ(result.exit_code, ExitCode::kDone);
  EXPECT_EQ(outcomeOf(result), PassOutcome::kNothingToDo);
  EXPECT_THAT(result.reason, HasSubstr("dbBackup"));
  EXPECT_THAT(writes(), IsEmpty());
  settings_.overrides.snapshot_class = world_.shape().snapshot_class;
  result = prune();
  EXPECT_EQ(outcomeOf(result), PassOutcome::kNothingToDo);
  EXPECT_THAT(result.reason, HasSubstr("maxSnapshots is not set"));
  EXPECT_THAT(deletes(), IsEmpty());
}

TEST_F(PruneNowTest, TheLastGoodBackupStaysWhateverFailedAfterIt) {
  setMax(1);
  for (const char* day : {"10", "11", "12", "13"}) {
    world_.server().remove(world_.backupRef(night(day)));
    world_.server().remove(world_.snapshotRef(night(day)));
  }
  world_.add(sim::aBackup("failed-1").ours().failed());
  const PassResult result = prune();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_FALSE(world_.snapshot(night("14")).isNull());
}

TEST_F(PruneNowTest, AForbiddenDeleteIsFourAndDoesNotStopTheOthers) {
  world_.add(sim::aBackup(night("08")).ours().failedWithoutSnapshots());
  world_.server().forbid("admin", "delete", "volumesnapshots.snapshot.storage.k8s.io");
  const PassResult result = prune();
  EXPECT_EQ(result.exit_code, ExitCode::kIncomplete);
  EXPECT_EQ(outcomeOf(result), PassOutcome::kCompleted);
  EXPECT_THAT(result.reason, HasSubstr("verb delete"));
  EXPECT_THAT(result.pruned, ElementsAre(night("08")));
  EXPECT_THAT(result.failed_to_prune, ElementsAre(night("10"), night("11")));
  EXPECT_THAT(text(result), HasSubstr("NOT deleted"));
  EXPECT_THAT(eventReasons(), Contains("PruneFailed"));
}

TEST_F(PruneNowTest, AHoldSetMeanwhileWins) {
  beforeFirst("DELETE", [&] { hold(night("10")); });
  const PassResult result = prune();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.pruned, ElementsAre(night("11")));
  EXPECT_THAT(result.held, ElementsAre(night("10")));
  EXPECT_EQ(reasons(result)[night("10")], RetentionReason::kHeldByAnnotation);
}

TEST_F(PruneNowTest, APlanIsWrittenAndNothingChanged) {
  const PassResult result = planOut();
  ASSERT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.would_prune, ElementsAre(night("10"), night("11")));
  EXPECT_THAT(writes(), IsEmpty());
  EXPECT_THAT(text(result), AllOf(HasSubstr(plan_), HasSubstr("--plan"), HasSubstr("delete")));
  const auto plan = readPlanFile(plan_);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->cluster, world_.shape().clusterName());
  EXPECT_FALSE(plan->cluster_uid.empty());
  EXPECT_EQ(plan->max_snapshots, 3);
  EXPECT_EQ(plan->backups.size(), 5U);
}

TEST_F(PruneNowTest, APlanTakesThePlaceOfAnOlderOne) {
  planOut();
  setMax(4);
  planOut();
  const auto plan = readPlanFile(plan_);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->max_snapshots, 4);
}

TEST_F(PruneNowTest, APlanThatCanNotBeWrittenIs78) {
  plan_ = folder_.path("no/such/folder");
  const PassResult result = planOut();
  EXPECT_EQ(result.exit_code, ExitCode::kConfiguration);
  EXPECT_THAT(result.reason, AllOf(HasSubstr(plan_), HasSubstr("No such file")));
}

TEST_F(PruneNowTest, APlanGoesToTheFileThatALinkLeadsTo) {
  const std::string real = folder_.put("real.json", "old");
  std::filesystem::create_symlink("real.json", plan_);
  ASSERT_EQ(planOut().exit_code, ExitCode::kDone);
  EXPECT_TRUE(std::filesystem::is_symlink(plan_));
  EXPECT_TRUE(readPlanFile(real));
}

TEST_F(PruneNowTest, WhatIsNoRegularFileIsNotReplacedByAPlan) {
  const std::string folder = folder_.path("folder");
  const std::string pipe = folder_.path("pipe");
  const std::string link = folder_.path("link");
  const std::string dangling = folder_.path("dangling");
  std::filesystem::create_directory(folder);
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::filesystem::create_symlink(pipe, link);
  std::filesystem::create_symlink("nowhere", dangling);
  for (const std::string& path : {folder, pipe, link, dangling}) {
    const auto before = std::filesystem::symlink_status(path).type();
    plan_ = path;
    const PassResult result = planOut();
    EXPECT_EQ(result.exit_code, ExitCode::kConfiguration);
    EXPECT_THAT(result.reason, HasSubstr(path));
    EXPECT_EQ(std::filesystem::symlink_status(path).type(), before);
  }
  EXPECT_EQ(std::filesystem::status(link).type(), std::filesystem::file_type::fifo);
  EXPECT_FALSE(std::filesystem::exists(dangling));
}

TEST_F(PruneNowTest, APlanWithoutDeletionsSaysSo) {
  setMax(5);
  PassResult result = planOut();
  EXPECT_THAT(text(result),
              StartsWith("Done: the plan was written to " + plan_ + "; it deletes no backup\n"));
  result = apply();
  EXPECT_EQ(outcomeOf(result), PassOutcome::kNothingToDo);
  EXPECT_EQ(result.reason, "the plan deletes no backup");
}

TEST_F(PruneNowTest, APlanIsAppliedExactly) {
  planOut();
  const PassResult result = apply();
  ASSERT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(outcomeOf(result), PassOutcome::kCompleted);
  EXPECT_THAT(result.pruned, ElementsAre(night("10"), night("11")));
  EXPECT_EQ(result.kept, 3);
  EXPECT_EQ(status()["availableSnapshots"],
            json::Value(json::Array{night("12"), night("13"), night("14")}));
}

TEST_F(PruneNowTest, APlanIsStaleOnceAPassHasPrunedWhatItKeeps) {
  planOut();
  ASSERT_EQ(run().exit_code, ExitCode::kDone);
  world_.advance(std::chrono::minutes(1));
  const PassResult result = apply();
  EXPECT_EQ(outcomeOf(result), PassOutcome::kRefused);
  EXPECT_THAT(result.reason, HasSubstr(night("12") + ", which the plan keeps, is gone"));
}

TEST_F(PruneNowTest, NewerBackupsDoNotMakeAPlanStaleAndStayOutOfIt) {
  planOut();
  world_.startBackup("by-hand");
  world_.advance(std::chrono::minutes(5));
  const PassResult result = apply();
  ASSERT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.pruned, ElementsAre(night("10"), night("11")));
  EXPECT_FALSE(world_.snapshot(night("12")).isNull());
  EXPECT_EQ(result.kept, 4);
  EXPECT_THAT(text(result), HasSubstr("not in the plan"));
}

TEST_F(PruneNowTest, ADryRunOfAPlanOnlySaysWhetherItHolds) {
  planOut();
  settings_.dry_run = true;
  PassResult result = apply();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.would_prune, ElementsAre(night("10"), night("11")));
  EXPECT_EQ(result.kept, 3);
  EXPECT_THAT(writes(), IsEmpty());
  hold(night("10"));
  result = apply();
  EXPECT_EQ(result.exit_code, ExitCode::kIncomplete);
  EXPECT_EQ(outcomeOf(result), PassOutcome::kRefused);
  EXPECT_EQ(result.kept, 4);
  EXPECT_THAT(result.held, ElementsAre(night("10")));
  EXPECT_NE(result.last_backup_time, "");
}

struct Since {
  std::string what;
  std::function<void(sim::TestWorld&)> act;
  std::string why;
};

/// Each before the plan is applied.
const std::vector<Since>& changesSince() {
  static const std::vector<Since> changes = {
      {"a hold on what was to go",
       [](sim::TestWorld& world) {
         world.server().update(world.backupRef(night("11")), [](json::Value& object) {
           object["metadata"]["annotations"][kHoldAnnotation] = "true";
         });
       },
       night("11") + " would be kept now"},
      {"maxSnapshots lowered",
       [](sim::TestWorld& world) {
         world.editNoobaa([](json::Value& noobaa) {
           noobaa["spec"]["dbSpec"]["dbBackup"]["volumeSnapshot"]["maxSnapshots"] = 2;
         });
       },
       "maxSnapshots was 3 and is 2"},
      {"maxSnapshots raised",
       [](sim::TestWorld& world) {
         world.editNoobaa([](json::Value& noobaa) {
           noobaa["spec"]["dbSpec"]["dbBackup"]["volumeSnapshot"]["maxSnapshots"] = 9;
         });
       },
       "maxSnapshots was 3 and is 9"},
      {"dbRecovery of what was to go",
       [](sim::TestWorld& world) {
         world.editNoobaa([](json::Value& noobaa) {
           noobaa["spec"]["dbSpec"]["dbRecovery"]["volumeSnapshotName"] = night("10");
         });
       },
       "dbRecovery named none"},
      {"a claim to be filled from what was to go",
       [](sim::TestWorld& world) { world.addPendingClaim("restoring", night("10")); },
       night("10") + " would be kept now"},
      {"a Cluster from what was to go",
       [](sim::TestWorld& world) { world.addClusterFrom("drill", night("10")); },
       night("10") + " would be kept now"},
      {"what was to stay deleted",
       [](sim::TestWorld& world) {
         world.server().remove(world.backupRef(night("13")));
         world.server().remove(world.snapshotRef(night("13")));
         world.advance(std::chrono::minutes(1));
       },
       night("13")},
      {"what was to stay spoilt",
       [](sim::TestWorld& world) {
         world.server().update(world.snapshotRef(night("14")),
                               [](json::Value& object) { object["status"]["readyToUse"] = false; });
       },
       night("14")},
      {"the name of what was to go used anew",
       [](sim::TestWorld& world) {
         world.server().remove(world.backupRef(night("10")));
         world.server().remove(world.snapshotRef(night("10")));
         world.advance(std::chrono::minutes(1));
         world.add(sim::aBackup(night("10")).ours());
       },
       night("10") + " has other objects"},
  };
  return changes;
}

TEST_F(PruneNowTest, AStalePlanIsRefusedBeforeTheFirstDelete) {
  for (const Since& change : changesSince()) {
    SCOPED_TRACE(change.what);
    struct Fresh : PruneNowTest {
      void TestBody() override {}
      using PruneNowTest::apply;
      using PruneNowTest::deletes;
      using PruneNowTest::planOut;
      using PruneNowTest::text;
      using PruneNowTest::world_;
    } fresh;
    fresh.planOut();
    change.act(fresh.world_);
    const PassResult result = fresh.apply();
    EXPECT_EQ(result.exit_code, ExitCode::kIncomplete);
    EXPECT_EQ(outcomeOf(result), PassOutcome::kRefused);
    EXPECT_THAT(result.reason, AllOf(HasSubstr("is stale, so nothing was deleted"),
                                     HasSubstr(change.why), HasSubstr("--plan-out")));
    EXPECT_THAT(fresh.text(result), StartsWith("Refused (exit 4)"));
    EXPECT_THAT(result.pruned, IsEmpty());
    EXPECT_GT(result.kept, 0);
    EXPECT_NE(result.last_backup_time, "");
    EXPECT_THAT(fresh.deletes(), IsEmpty());
  }
}

TEST_F(PruneNowTest, AHoldThatComesWhileAPlanIsAppliedEndsIt) {
  setMax(2);
  planOut();
  beforeFirst("DELETE", [&] { hold(night("11")); });
  const PassResult result = apply();
  EXPECT_EQ(result.exit_code, ExitCode::kIncomplete);
  EXPECT_THAT(result.pruned, ElementsAre(night("10")));
  EXPECT_THAT(result.failed_to_prune, ElementsAre(night("11")));
  EXPECT_FALSE(world_.snapshot(night("11")).isNull());
  EXPECT_FALSE(world_.backup(night("12")).isNull());  // of the plan, too
}

TEST_F(PruneNowTest, MaxSnapshotsThatChangesWhileAPlanIsAppliedEndsIt) {
  planOut();
  beforeFirst("DELETE", [&] { setMax(4); });
  const PassResult result = apply();
  EXPECT_EQ(result.exit_code, ExitCode::kIncomplete);
  EXPECT_THAT(result.pruned, ElementsAre(night("10")));
  EXPECT_THAT(result.reason, HasSubstr("no more of the plan was applied"));
  EXPECT_FALSE(world_.snapshot(night("11")).isNull());
}

TEST_F(PruneNowTest, APlanWhoseApplicationWasKilledAnywhereIsFinishedByTheSamePlan) {
  for (int number = 1; number <= 4; ++number) {
    SCOPED_TRACE("killed at delete " + std::to_string(number));
    struct Fresh : PruneNowTest {
      void TestBody() override {}
      using PruneNowTest::apply;
      using PruneNowTest::breakAtDelete;
      using PruneNowTest::planOut;
      using PruneNowTest::transport_;
      using PruneNowTest::world_;
    } fresh;
    fresh.planOut();
    fresh.breakAtDelete(number);
    EXPECT_NE(fresh.apply().exit_code, ExitCode::kDone);
    fresh.transport_.intercept({});
    fresh.world_.advance(std::chrono::minutes(1));  // snapshots go asynchronously
    const PassResult result = fresh.apply("another-run");
    EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
    fresh.world_.advance(std::chrono::minutes(1));
    EXPECT_THAT(fresh.world_.snapshotNames(), ElementsAre(night("12"), night("13"), night("14")));
    EXPECT_THAT(fresh.world_.backupNames(), ElementsAre(night("12"), night("13"), night("14")));
  }
}

TEST_F(PruneNowTest, AnOutageFromAnyRequestOnLeavesAPlanThatTheNextApplicationFinishes) {
  bool disturbed = true;
  for (int number = 1; disturbed; ++number) {
    SCOPED_TRACE("from request " + std::to_string(number) + " on");
    struct Fresh : PruneNowTest {
      void TestBody() override {}
      using PruneNowTest::apply;
      using PruneNowTest::breakAtRequest;
      using PruneNowTest::planOut;
      using PruneNowTest::status;
      using PruneNowTest::world_;
    } fresh;
    fresh.planOut();
    disturbed = fresh.breakAtRequest(number, [&] { fresh.apply(); });
    fresh.world_.advance(std::chrono::minutes(1));
    const PassResult result = fresh.apply("another-run");
    ASSERT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
    fresh.world_.advance(std::chrono::minutes(1));
    EXPECT_THAT(fresh.world_.snapshotNames(), ElementsAre(night("12"), night("13"), night("14")));
    EXPECT_THAT(fresh.world_.backupNames(), ElementsAre(night("12"), night("13"), night("14")));
    EXPECT_EQ(fresh.status()["totalSnapshots"], json::Value(3));
  }
}

TEST_F(PruneNowTest, WhatOfAPlanIsStillOnItsWayIsToldOfAndLeftToTheNextApplication) {
  const auto setFinalizers = [&](const json::Array& finalizers) {
    world_.server().update(world_.snapshotRef(night("10")), [&](json::Value& snapshot) {
      snapshot["metadata"]["finalizers"] = finalizers;
    });
  };
  planOut();
  setFinalizers({"example.com/slowly"});
  breakAtDelete(2);  // the first one's Backup
  apply();
  transport_.intercept({});
  world_.advance(std::chrono::minutes(1));
  PassResult result = apply("another-run");
  EXPECT_EQ(result.exit_code, ExitCode::kIncomplete);
  EXPECT_THAT(result.pruned, ElementsAre(night("11")));
  EXPECT_THAT(result.failed_to_prune, ElementsAre(night("10")));
  EXPECT_THAT(result.reason, HasSubstr("are being deleted still"));
  setFinalizers({});
  world_.advance(std::chrono::minutes(1));
  result = apply("third-run");
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_TRUE(world_.backup(night("10")).isNull());
}

TEST_F(PruneNowTest, AnAppliedPlanHasNothingLeftToDo) {
  planOut();
  apply();
  world_.advance(std::chrono::minutes(1));
  const PassResult result = apply("again");
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(outcomeOf(result), PassOutcome::kNothingToDo);
  EXPECT_THAT(result.reason, HasSubstr("nothing is left of what the plan deletes"));
}

TEST_F(PruneNowTest, APlanOfAnotherClusterOrNoneIs78) {
  EXPECT_EQ(apply().exit_code, ExitCode::kConfiguration);
  plan_ = folder_.put("odd", "{}");
  EXPECT_EQ(apply().exit_code, ExitCode::kConfiguration);
  plan_ = folder_.path("plan.json");
  planOut();
  settings_.cluster = "another";
  const PassResult result = apply();
  EXPECT_EQ(result.exit_code, ExitCode::kConfiguration);
  EXPECT_THAT(result.reason, HasSubstr("is for Cluster noobaa/noobaa-db-pg-cluster, not"));
  EXPECT_THAT(writes(), IsEmpty());
}

TEST_F(PruneNowTest, LookingNeedsRightsToReadAlone) {
  for (const char* resource :
       {"leases.coordination.k8s.io", "volumesnapshots.snapshot.storage.k8s.io",
        "noobaas/status.noobaa.io"}) {
    for (const char* verb : {"create", "update", "patch", "delete"})
      world_.server().forbid("admin", verb, resource);
  }
  EXPECT_EQ(planOut().exit_code, ExitCode::kDone);
  settings_.dry_run = true;
  EXPECT_EQ(prune().exit_code, ExitCode::kDone);
}

}  // namespace
}  // namespace job
