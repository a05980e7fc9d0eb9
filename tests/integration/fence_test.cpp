#include <algorithm>

#include "tests/integration/pass_fixture.h"

namespace job {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Gt;
using testing::HasSubstr;
using testing::Lt;
using testing::Not;

/// An instance that stays stopped is never left unsaid, and never started by us.
class FenceTest : public PassTest {
 protected:
  static constexpr const char* kLift =
      "kubectl -n noobaa annotate clusters.postgresql.cnpg.noobaa.io noobaa-db-pg-cluster "
      "cnpg.io/fencedInstances-";

  void inSeconds(int seconds, std::function<void()> step) {
    world_.timeline().at(world_.clock().now() + std::chrono::seconds(seconds), std::move(step));
  }
  int clusterReads() {
    const auto& log = world_.server().requestLog();
    return static_cast<int>(std::count_if(log.begin(), log.end(), [](const std::string& line) {
      return line.starts_with("GET ") &&
             line.find("/clusters/noobaa-db-pg-cluster?") != std::string::npos;
    }));
  }
  /// The warning, the Event and, unless it is a refusal's or a success's, the reason say it.
  void expectSaid(const PassResult& result, const testing::Matcher<std::string>& what) {
    EXPECT_THAT(result.warnings, Contains(AllOf(HasSubstr("still fenced: "), what)));
    EXPECT_THAT(eventNote("InstanceStillFenced"), what);
  }
};

TEST_F(FenceTest, LeftByAFailedBackupIsNamedWithWhoSinceWhenWhyAndTheCure) {
  world_.faults().snapshot_errors = {{.message = "quota exceeded"}};
  world_.faults().fence_stays_after_failure = true;
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kBackupFailed);
  const auto all = AllOf(HasSubstr("noobaa-db-pg-cluster-2 (PostgreSQL is stopped there"),
                         HasSubstr("since about 2025-01-15T02:00:0"),
                         HasSubstr("by Backup backup-20250115-020000, which failed: "),
                         HasSubstr("quota exceeded"), HasSubstr("no Backup in flight explains it"),
                         HasSubstr(kLift));
  EXPECT_THAT(result.reason, all);
  expectSaid(result, all);
  EXPECT_THAT(eventReasons(), Contains("BackupFailed"));
  EXPECT_EQ(fence(), "[\"noobaa-db-pg-cluster-2\"]");
}

TEST_F(FenceTest, OfABackupThatWasDeletedInFlightIsNamedByIt) {
  inSeconds(5, [&] { world_.server().remove(world_.backupRef("backup-20250115-020000")); });
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kBackupFailed);
  expectSaid(result, AllOf(HasSubstr("noobaa-db-pg-cluster-2"),
                           HasSubstr("by Backup backup-20250115-020000, which failed: it was "
                                     "deleted while it was in flight"),
                           HasSubstr(kLift)));
  EXPECT_NE(fence(), "");
}

TEST_F(FenceTest, AtTheDeadlineIsExplainedByTheBackupInFlightAndNotToBeLifted) {
  settings_.timeout = std::chrono::minutes(5);
  world_.faults().driver_silent = true;
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kTimedOut);
  expectSaid(result, AllOf(HasSubstr("by Backup backup-20250115-020000, in flight"),
                           HasSubstr("do not delete it"), Not(HasSubstr("annotate"))));
  EXPECT_THAT(result.reason, HasSubstr("still fenced: noobaa-db-pg-cluster-2"));
}

TEST_F(FenceTest, AtTheDeadlineIsLookedAtOnceWhenItIsExplained) {
  settings_.timeout = std::chrono::minutes(5);
  world_.faults().driver_silent = true;
  const auto began = world_.clock().monotonic();
  run();
  EXPECT_THAT(world_.clock().monotonic() - began, Lt(std::chrono::seconds(5 * 60 + 3)));
}

TEST_F(FenceTest, OfSomebodyElsesBackupThatOutlastsThePassIsSaid) {
  settings_.timeout = std::chrono::minutes(5);
  world_.faults().driver_silent = true;
  world_.startBackup("theirs");
  world_.advance(std::chrono::seconds(12));
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kBusy);
  expectSaid(result, HasSubstr("by Backup theirs, in flight"));
}

TEST_F(FenceTest, ThatCnpgLiftsAMomentAfterAFailureIsNotSpokenOf) {
  world_.faults().snapshot_errors = {{.message = "quota exceeded"}};
  world_.faults().fence_stays_after_failure = true;
  inSeconds(16, [&] {
    world_.editCluster([](json::Value& cluster) {
      cluster["metadata"]["annotations"].object()->erase(std::string(kFencedInstancesAnnotation));
    });
  });
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kBackupFailed);
  EXPECT_THAT(result.reason, Not(HasSubstr("fenced")));
  EXPECT_THAT(eventReasons(), ElementsAre("BackupFailed"));
}

TEST_F(FenceTest, SetByHandDuringAGoodPassIsWarnedOf) {
  // After CNPG lifted its own, or it would take this one for that.
  inSeconds(14, [&] { world_.fenceInstance("noobaa-db-pg-cluster-1"); });
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  expectSaid(result, AllOf(HasSubstr("noobaa-db-pg-cluster-1"),
                           HasSubstr("as it is the primary the database is down"),
                           HasSubstr("somebody fenced it by hand"), HasSubstr(kLift)));
  EXPECT_EQ(fence(), "[\"noobaa-db-pg-cluster-1\"]");
}

TEST_F(FenceTest, OfTheNextBackupAfterAGoodPassIsTheirsAndNotSpokenOf) {
  inSeconds(5, [&] { world_.startBackup("theirs"); });
  // Queued behind ours; its turn comes while the status is written.
  transport_.intercept([&](const k8s::HttpRequest& request, int, bool acted) {
    if (!acted && request.method == "PATCH" &&
        request.target.find("/noobaas/") != std::string::npos) {
      world_.advance(std::chrono::seconds(12));
    }
    return tl::expected<void, k8s::TransportError>();
  });
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.warnings, Not(Contains(HasSubstr("fenced"))));
  EXPECT_THAT(eventReasons(), ElementsAre("BackupCompleted"));
  EXPECT_NE(fence(), "");
}

TEST_F(FenceTest, OfTheBackupIsTimedFromTheStopToTheStart) {
  const PassResult result = run();
  ASSERT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  ASSERT_TRUE(result.fenced);
  EXPECT_THAT(*result.fenced, AllOf(Gt(std::chrono::seconds(1)), Lt(result.duration)));
}

TEST_F(FenceTest, ThatIsStillThereIsTimedByThePassThatComesNext) {
  world_.faults().snapshot_errors = {{.message = "quota exceeded"}};
  world_.faults().fence_stays_after_failure = true;
  run();
  world_.advance(std::chrono::hours(24));
  const PassResult result = run("run-2");
  EXPECT_EQ(result.exit_code, ExitCode::kRefused);
  ASSERT_TRUE(result.fenced);
  EXPECT_THAT(*result.fenced, Gt(std::chrono::hours(24)));
}

TEST_F(FenceTest, OfABackupThatHadEndedBeforeIsNotTimed) {
  run();
  const PassResult again = run();
  EXPECT_EQ(again.exit_code, ExitCode::kDone);
  EXPECT_FALSE(again.fenced);
}

TEST_F(FenceTest, ThatMakesAPassRefuseHasAnEventOfItsOwn) {
  world_.fenceInstance("*");
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kRefused);
  EXPECT_THAT(eventReasons(),
              testing::UnorderedElementsAre("InstanceStillFenced", "BackupRefused"));
  expectSaid(result, AllOf(HasSubstr("* (PostgreSQL is stopped everywhere, the database is down"),
                           HasSubstr(kLift)));
  EXPECT_EQ(fence(), "[\"*\"]");
}

TEST_F(FenceTest, InADryRunIsWarnedOfWithoutAnEvent) {
  world_.fenceInstance("noobaa-db-pg-cluster-2");
  settings_.dry_run = true;
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kRefused);
  EXPECT_THAT(result.warnings, Contains(HasSubstr("still fenced: noobaa-db-pg-cluster-2")));
  EXPECT_THAT(writes(), Not(Contains(HasSubstr("/events"))));
}

TEST_F(FenceTest, CostsAStoppedPassNothing) {
  world_.faults().driver_silent = true;
  inSeconds(15, [&] { stop_.request_stop(); });
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kInterrupted);
  EXPECT_NE(fence(), "");
  // For the configuration and for preflight.
  EXPECT_EQ(clusterReads(), 2) << testing::PrintToString(world_.server().requestLog());
  EXPECT_THAT(log_lines_, Not(Contains(HasSubstr("what is fenced is not known"))));
}

TEST_F(FenceTest, IsNotLookedForInAnOutage) {
  transport_.intercept([](const k8s::HttpRequest& request, int, bool) {
    tl::expected<void, k8s::TransportError> answer;
    if (request.target.find("/backups?") != std::string::npos) {
      answer = tl::unexpected(
          k8s::TransportError{k8s::TransportError::Kind::kConnect, "connection refused", false});
    }
    return answer;
  });
  EXPECT_EQ(run().exit_code, ExitCode::kUnavailable);
  EXPECT_EQ(clusterReads(), 1) << testing::PrintToString(world_.server().requestLog());
}

}  // namespace
}  // namespace job
