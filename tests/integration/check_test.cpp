#include "job/pass/check.h"

#include <algorithm>

#include "tests/integration/pass_fixture.h"

namespace job {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

using Level = CheckLine::Level;

/// What `check` says of a cluster, and that it leaves it alone.
class CheckTest : public PassTest {
 protected:
  using PassTest::PassTest;

  /// Its lines as "level name: message -> fix".
  std::vector<std::string> look() {
    lines_ = inSession("run-1", "pod-1", check);
    EXPECT_THAT(writes(), IsEmpty());
    std::vector<std::string> texts;
    for (const CheckLine& line : lines_) {
      const char* level = line.level == Level::kOk     ? "ok "
                          : line.level == Level::kWarn ? "warn "
                                                       : "fail ";
      texts.push_back(level + line.name + ": " + line.message +
                      (line.fix.empty() ? "" : " -> " + line.fix));
    }
    return texts;
  }
  int exitCode() const { return static_cast<int>(exitCodeOf(lines_)); }
  std::vector<std::string> problems() {
    auto texts = look();
    std::erase_if(texts, [](const std::string& text) { return text.starts_with("ok "); });
    return texts;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const CheckLine& line : lines_) names.push_back(line.name);
    return names;
  }
  void addQuota(const std::string& limit, const std::string& hard, const std::string& used) {
    json::Value quota;
    quota["apiVersion"] = "v1";
    quota["kind"] = "ResourceQuota";
    quota["metadata"]["name"] = "quota-" + std::to_string(++quotas_);
    quota["metadata"]["namespace"] = world_.shape().name_space;
    quota["spec"]["hard"][limit] = hard;
    quota["status"]["hard"][limit] = hard;
    quota["status"]["used"][limit] = used;
    world_.server().create(quota);
  }
  void askForRecovery() {
    world_.editNoobaa([](json::Value& noobaa) {
      noobaa["spec"]["dbSpec"]["dbRecovery"]["volumeSnapshotName"] = "backup-20250114-020000";
    });
  }
  void addNight() { world_.add(sim::aBackup("backup-20250114-020000").ours()); }

  CheckLines lines_;
  int quotas_ = 0;
};

TEST_F(CheckTest, EveryCheckIsShownAndIsFineInAFitCluster) {
  addNight();
  EXPECT_THAT(look(), Each(StartsWith("ok ")));
  EXPECT_THAT(names(),
              ElementsAre("api", "noobaa", "backup-configuration", "cluster", "operator-schedule",
                          "backups-in-flight", "rights", "snapshot-class", "quota",
                          "cluster-health", "fences", "snapshot-ownership", "backups"));
  EXPECT_EQ(exitCode(), 0);
}

TEST_F(CheckTest, SaysWhatItFound) {
  addNight();
  world_.add(sim::aBackup("backup-20250113-020000").ours().failed());
  EXPECT_THAT(
      look(),
      AllOf(Contains(AllOf(StartsWith("ok api: "), HasSubstr("v1.34.2"))),
            Contains(AllOf(StartsWith("ok backup-configuration: "), HasSubstr("csi-snapshots"),
                           HasSubstr("3 are kept"), HasSubstr("\"0 2 * * *\""))),
            Contains(AllOf(StartsWith("ok cluster: Cluster noobaa/noobaa-db-pg-cluster"),
                           HasSubstr("2 instances"))),
            Contains(AllOf(StartsWith("ok backups: 1 good of 2"),
                           HasSubstr("1 certified, 1 failed"), HasSubstr("23h59m ago")))));
}

TEST_F(CheckTest, ThereBeingNoGoodBackupIsAWarning) {
  EXPECT_THAT(problems(), ElementsAre(StartsWith("warn backups: there is no good backup: 0 good")));
  EXPECT_EQ(exitCode(), 0);
}

TEST_F(CheckTest, AnAbsentNooBaaIsFollowedByTheOtherChecks) {
  settings_.system = "no-such";
  settings_.cluster = world_.shape().clusterName();
  EXPECT_THAT(look(), Contains(AllOf(StartsWith("fail noobaa: "), HasSubstr("noobaa/no-such"))));
  EXPECT_THAT(names(), AllOf(Contains("cluster"), Contains("rights"), Contains("fences")));
  EXPECT_EQ(exitCode(), 78);
}

TEST_F(CheckTest, AWrongConfigurationNamesItsPathAndIsFollowedByTheOtherChecks) {
  addNight();
  world_.editNoobaa(
      [](json::Value& noobaa) { noobaa["spec"]["dbSpec"]["dbBackup"]["schedule"] = "12345"; });
  EXPECT_THAT(problems(), ElementsAre(AllOf(StartsWith("fail backup-configuration: "),
                                            HasSubstr(".schedule"), HasSubstr("12345"))));
  EXPECT_THAT(names(), Contains("fences"));
  EXPECT_EQ(exitCode(), 78);
}

TEST_F(CheckTest, BackupsThatAreNotConfiguredAreAWarningAndTheEnd) {
  world_.editNoobaa(
      [](json::Value& noobaa) { noobaa["spec"]["dbSpec"].object()->erase("dbBackup"); });
  EXPECT_THAT(problems(), ElementsAre(StartsWith("warn backup-configuration: ")));
  EXPECT_THAT(names(), Not(Contains("cluster")));
  EXPECT_EQ(exitCode(), 0);
}

TEST_F(CheckTest, AnAbsentClusterIsARefusal) {
  addNight();
  settings_.cluster = "no-such";
  EXPECT_THAT(problems(), Contains(AllOf(StartsWith("fail cluster: Cluster noobaa/no-such"),
                                         HasSubstr("--cluster"))));
  EXPECT_EQ(exitCode(), 6);
}

TEST_F(CheckTest, AMissingCnpgGroupIsAConfigurationError) {
  settings_.cnpg_api_group = "postgresql.example.com";
  EXPECT_THAT(look(), Contains(StartsWith("fail ")));
  EXPECT_EQ(exitCode(), 78);
}

TEST_F(CheckTest, TheOperatorsScheduleIsAWarningThatSaysWhatAPassDoes) {
  addNight();
  world_.add(sim::World::ScheduledBackup{});
  EXPECT_THAT(problems(), ElementsAre(AllOf(StartsWith("warn operator-schedule: "),
                                            HasSubstr("noobaa-db-pg-cluster-scheduled-backup"),
                                            HasSubstr("defers"), HasSubstr("suspend"))));
  settings_.operator_schedule = OperatorSchedulePolicy::kSuspend;
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("a pass suspends it")));
  settings_.operator_schedule = OperatorSchedulePolicy::kIgnore;
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("both prune")));
  EXPECT_EQ(exitCode(), 0);
}

TEST_F(CheckTest, OurBackupInFlightExplainsItsFenceAndStopsNothing) {
  addNight();
  world_.faults().driver_silent = true;
  settings_.timeout = std::chrono::seconds(20);
  ASSERT_EQ(run().exit_code, ExitCode::kTimedOut);
  settings_.timeout = std::chrono::minutes(30);
  EXPECT_THAT(look(),
              AllOf(Contains(AllOf(StartsWith("ok backups-in-flight: "), HasSubstr("of ours"),
                                   HasSubstr("goes on with it"))),
                    Contains(AllOf(StartsWith("warn fences: fenced: "),
                                   HasSubstr("noobaa-db-pg-cluster-2"), HasSubstr("in flight"))),
                    Contains(StartsWith("warn cluster-health: "))));
  EXPECT_EQ(exitCode(), 0);
}

TEST_F(CheckTest, ABackupInFlightForLongerThanAPassWaitsIsStuck) {
  world_.faults().driver_silent = true;
  settings_.timeout = std::chrono::seconds(20);
  ASSERT_EQ(run().exit_code, ExitCode::kTimedOut);
  world_.advance(std::chrono::minutes(1));
  EXPECT_THAT(problems(), Contains(AllOf(StartsWith("warn backups-in-flight: "),
                                         HasSubstr("longer than --timeout"),
                                         HasSubstr("kubectl -n noobaa describe backups."),
                                         HasSubstr("delete it only if"))));
}

TEST_F(CheckTest, AHeldOrOnlineBackupOfOursInFlightIsWaitedForAsAnothers) {
  addNight();
  world_.faults().driver_silent = true;
  settings_.timeout = std::chrono::seconds(20);
  ASSERT_EQ(run().exit_code, ExitCode::kTimedOut);
  const auto name = world_.backupNames().back();
  world_.server().update(world_.backupRef(name), [](json::Value& backup) {
    backup["metadata"]["annotations"][kHoldAnnotation] = "true";
    backup["metadata"]["labels"][kRunLabel] = "another-run";
  });
  EXPECT_THAT(problems(), Contains(AllOf(StartsWith("fail backups-in-flight: "),
                                         HasSubstr("of ours, held"), HasSubstr("waits for it"))));
  EXPECT_EQ(exitCode(), 5);
  world_.server().update(world_.backupRef(name), [](json::Value& backup) {
    backup["metadata"]["annotations"].object()->erase(std::string(kHoldAnnotation));
    backup["spec"]["online"] = true;
  });
  EXPECT_THAT(problems(), Contains(AllOf(StartsWith("fail backups-in-flight: "),
                                         HasSubstr("of ours, online"))));
}

TEST_F(CheckTest, SomebodyElsesBackupInFlightIsBusy) {
  world_.faults().driver_silent = true;
  world_.startBackup("theirs");
  world_.advance(std::chrono::seconds(5));
  EXPECT_THAT(problems(), Contains(AllOf(StartsWith("fail backups-in-flight: Backup theirs"),
                                         HasSubstr("somebody else"))));
  EXPECT_EQ(exitCode(), 5);
}

TEST_F(CheckTest, AFenceThatIsNobodysIsARefusalWithTheCommandThatLiftsIt) {
  addNight();
  world_.fenceInstance("noobaa-db-pg-cluster-2");
  EXPECT_THAT(look(), Contains(AllOf(StartsWith("fail fences: fenced: noobaa-db-pg-cluster-2"),
                                     HasSubstr("annotate clusters.postgresql.cnpg.noobaa.io "
                                               "noobaa-db-pg-cluster cnpg.io/fencedInstances-"))));
  EXPECT_EQ(exitCode(), 6);
  EXPECT_NE(fence(), "");
  const auto all = names();
  EXPECT_EQ(std::count(all.begin(), all.end(), "fences"), 1);
}

TEST_F(CheckTest, AFenceBesideABackupInFlightOfAnotherInstanceIsStillNobodys) {
  world_.faults().driver_silent = true;
  settings_.timeout = std::chrono::seconds(20);
  ASSERT_EQ(run().exit_code, ExitCode::kTimedOut);
  world_.fenceInstance("noobaa-db-pg-cluster-1");
  EXPECT_THAT(look(), Contains(AllOf(StartsWith("fail fences: "),
                                     HasSubstr("'[\"noobaa-db-pg-cluster-2\"]' --overwrite"))));
  EXPECT_EQ(exitCode(), 6);
}

TEST_F(CheckTest, EachThingWrongWithTheClusterHasItsLine) {
  addNight();
  world_.hibernate();
  world_.setPhase("Failing over");
  world_.setInstanceReady(2, false);
  world_.editCluster([](json::Value& cluster) {
    cluster["spec"]["backup"]["volumeSnapshot"]["snapshotOwnerReference"] = "cluster";
  });
  EXPECT_THAT(problems(),
              ElementsAre(AllOf(StartsWith("fail cluster-health: "), HasSubstr("hibernated"),
                                HasSubstr("-> wake it with: kubectl")),
                          AllOf(StartsWith("fail cluster-health: "), HasSubstr("Failing over")),
                          AllOf(StartsWith("fail cluster-health: "), HasSubstr("1 of 2 instances"),
                                HasSubstr("--allow-primary")),
                          AllOf(StartsWith("warn snapshot-ownership: "),
                                HasSubstr("DELETES EVERY BACKUP"))));
  EXPECT_EQ(exitCode(), 6);
}

TEST_F(CheckTest, AllowPrimaryMakesAMissingStandbyAWarning) {
  addNight();
  world_.setInstanceReady(2, false);
  settings_.allow_primary = true;
  EXPECT_THAT(problems(),
              ElementsAre(AllOf(StartsWith("warn cluster-health: "), HasSubstr("is down"))));
  EXPECT_EQ(exitCode(), 0);
}

TEST_F(CheckTest, AMissingSnapshotClassIsARefusal) {
  addNight();
  settings_.overrides.snapshot_class = "no-such-class";
  EXPECT_THAT(problems(),
              ElementsAre(AllOf(StartsWith("fail snapshot-class: "), HasSubstr("no-such-class"),
                                HasSubstr("kubectl get volumesnapshotclasses"))));
  EXPECT_EQ(exitCode(), 6);
}

TEST_F(CheckTest, AMissingRightToBackUpIsForbiddenWithTheRuleToAdd) {
  addNight();
  world_.server().forbid("admin", "create", "backups." + world_.shape().cnpg_group);
  EXPECT_THAT(problems(),
              ElementsAre(AllOf(StartsWith("fail rights: "), HasSubstr("create backups."),
                                HasSubstr("resources: [\"backups\"], verbs: [\"create\"]"))));
  EXPECT_EQ(exitCode(), 77);
}

TEST_F(CheckTest, AMissingRightToFinishIsIncomplete) {
  addNight();
  world_.server().forbid("admin", "delete", "volumesnapshots.snapshot.storage.k8s.io");
  EXPECT_THAT(problems(),
              ElementsAre(AllOf(StartsWith("fail rights: "), HasSubstr("delete volumesnapshots"))));
  EXPECT_EQ(exitCode(), 4);
}

TEST_F(CheckTest, RightsThatCannotBeListedAreAskedForOneByOne) {
  addNight();
  world_.server().setRulesIncomplete(true);
  EXPECT_THAT(problems(), IsEmpty());
  world_.server().forbid("admin", "patch", "noobaas/status.noobaa.io");
  world_.server().forbid("admin", "create", "backups." + world_.shape().cnpg_group);
  EXPECT_THAT(problems(), testing::UnorderedElementsAre(
                              AllOf(StartsWith("fail rights: "), HasSubstr("create backups.")),
                              AllOf(StartsWith("fail rights: "), HasSubstr("patch noobaas"))));
  EXPECT_EQ(exitCode(), 77);
}

TEST_F(CheckTest, RightsThatCannotBeToldAreAWarning) {
  addNight();
  world_.server().setRulesIncomplete(true);
  world_.server().forbid("admin", "create", "selfsubjectaccessreviews.authorization.k8s.io");
  EXPECT_THAT(problems(), ElementsAre(StartsWith("warn rights: could not be reviewed")));
  EXPECT_EQ(exitCode(), 0);
}

TEST_F(CheckTest, AClockOutOfStepIsAWarning) {
  addNight();
  world_.server().setDate("Wed, 15 Jan 2025 02:00:20 GMT");
  EXPECT_THAT(look(), Contains("ok clock: is in step with the API server's"));
  world_.server().setDate("Wed, 15 Jan 2025 02:02:30 GMT");
  EXPECT_THAT(problems(), ElementsAre(AllOf(StartsWith("warn clock: this clock is 2m behind"),
                                            HasSubstr("NTP"), Not(HasSubstr("pruned")))));
  world_.server().setDate("Wed, 15 Jan 2025 02:10:30 GMT");
  EXPECT_THAT(problems(), ElementsAre(AllOf(StartsWith("warn clock: this clock is 10m behind"),
                                            HasSubstr("lets nothing be pruned"))));
  world_.server().setDate("Wed, 15 Jan 2025 01:50:00 GMT");
  EXPECT_THAT(problems(), ElementsAre(StartsWith("warn clock: this clock is 10m ahead of")));
  EXPECT_EQ(exitCode(), 0);
}

TEST_F(CheckTest, AQuotaWithoutRoomForAnotherBackupIsARefusal) {
  addNight();
  addQuota("count/volumesnapshots.snapshot.storage.k8s.io", "4", "3");
  EXPECT_THAT(problems(), IsEmpty());
  addQuota("count/backups." + world_.shape().cnpg_group, "3", "3");
  EXPECT_THAT(problems(),
              ElementsAre(AllOf(StartsWith("fail quota: "), HasSubstr("3 of 3 count/backups."),
                                HasSubstr("before an older one is pruned"))));
  EXPECT_EQ(exitCode(), 6);
}

TEST_F(CheckTest, QuotasThatMayNotBeReadAreNoProblem) {
  addNight();
  world_.server().forbid("admin", "list", "resourcequotas");
  EXPECT_THAT(look(), Contains(AllOf(StartsWith("ok quota: not looked at"))));
  EXPECT_EQ(exitCode(), 0);
}

TEST_F(CheckTest, ARecoveryThatIsAskedForBesideTheClusterIsAWarningWithBothWaysOut) {
  addNight();
  askForRecovery();
  EXPECT_THAT(problems(),
              ElementsAre(AllOf(StartsWith("warn recovery: "), HasSubstr("backup-20250114-020000"),
                                HasSubstr("nothing is recovered"),
                                HasSubstr("kubectl -n noobaa patch noobaas.noobaa.io noobaa"),
                                HasSubstr("noobaa-db-backup recover -n noobaa"))));
  EXPECT_EQ(exitCode(), 0);
}

TEST_F(CheckTest, ARecoveryIsShownAlsoWhereNoBackupsAreConfigured) {
  addNight();
  askForRecovery();
  world_.server().remove(world_.clusterRef());
  world_.editNoobaa(
      [](json::Value& noobaa) { noobaa["spec"]["dbSpec"].object()->erase("dbBackup"); });
  EXPECT_THAT(problems(),
              ElementsAre(StartsWith("warn backup-configuration: "),
                          AllOf(StartsWith("warn recovery: "), HasSubstr("a recovery is due"))));
  EXPECT_EQ(exitCode(), 0);
}

TEST_F(CheckTest, ARecoveryThatIsNotOverWellIsAWarning) {
  addNight();
  for (const char* state : {"Pending", "Running", "Failed"}) {
    world_.editNoobaa([&](json::Value& noobaa) {
      json::Value& status = noobaa["status"]["dbStatus"]["recoveryStatus"];
      status["status"] = state;
      status["snapshotName"] = "backup-20250114-020000";
    });
    EXPECT_THAT(problems(),
                ElementsAre(AllOf(StartsWith("warn recovery: "), HasSubstr("any more"),
                                  HasSubstr(std::string(state) + " from backup-20250114-020000"))));
  }
  askForRecovery();
  EXPECT_THAT(problems(), ElementsAre(AllOf(HasSubstr("recoveryStatus is Failed"),
                                            HasSubstr("noobaa-db-backup recover -n noobaa"))));
}

TEST_F(CheckTest, ARecoveryThatIsDueIsAWarningWithItsCommand) {
  addNight();
  askForRecovery();
  world_.server().remove(world_.clusterRef());
  EXPECT_THAT(problems(),
              Contains(AllOf(StartsWith("warn recovery: "), HasSubstr("a recovery is due"),
                             HasSubstr("noobaa-db-backup recover -n noobaa"))));
}

TEST_F(CheckTest, WhatMayNotBeReadIsForbiddenAndTheRestIsStillShown) {
  addNight();
  world_.server().forbid("admin", "list", "volumesnapshots.snapshot.storage.k8s.io");
  EXPECT_THAT(look(),
              AllOf(Contains(StartsWith("fail backups: ")), Contains(StartsWith("fail rights: ")),
                    Contains(StartsWith("ok fences: "))));
  EXPECT_EQ(exitCode(), 77);
}

TEST_F(CheckTest, AnApiThatDoesNotAnswerIsAllThereIsToSay) {
  transport_.intercept([](const k8s::HttpRequest&, int, bool) {
    return tl::expected<void, k8s::TransportError>(tl::unexpected(
        k8s::TransportError{k8s::TransportError::Kind::kConnect, "connection refused", false}));
  });
  EXPECT_THAT(problems(), ElementsAre(StartsWith("fail api: ")));
  EXPECT_EQ(exitCode(), 75);
}

TEST_F(CheckTest, AStopEndsIt) {
  stop_.request_stop();
  look();
  EXPECT_THAT(names(), ElementsAre("api"));
  EXPECT_EQ(exitCode(), 143);
}

TEST_F(CheckTest, AStopInTheMiddleEndsItToo) {
  transport_.intercept([this](const k8s::HttpRequest& request, int, bool) {
    if (request.target.find("/scheduledbackups") != std::string::npos) stop_.request_stop();
    return tl::expected<void, k8s::TransportError>();
  });
  look();
  EXPECT_THAT(names(), ElementsAre("api", "noobaa", "backup-configuration", "cluster",
                                   "operator-schedule", "backups-in-flight"));
  EXPECT_EQ(exitCode(), 143);
}

TEST_F(CheckTest, TheWorstOfSeveralDecides) {
  world_.hibernate();
  world_.faults().driver_silent = true;
  world_.startBackup("theirs");
  world_.server().forbid("admin", "delete", "volumesnapshots.snapshot.storage.k8s.io");
  look();
  EXPECT_EQ(exitCode(), 6);
  world_.server().forbid("admin", "create", "backups." + world_.shape().cnpg_group);
  look();
  EXPECT_EQ(exitCode(), 77);
}

}  // namespace
}  // namespace job
