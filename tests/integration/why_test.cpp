#include "job/pass/explain_backup.h"
#include "job/pass/record_history.h"
#include "job/report/recorded_run.h"
#include "tests/integration/pass_fixture.h"

namespace job {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using State = WhyReport::State;

/// `why NAME`.
class WhyTest : public PassTest {
 protected:
  Outcome<WhyReport> ask(const std::string& name) {
    settings_.backup_name = name;
    auto report = inSession("laptop", "pod-1", explainBackup);
    EXPECT_THAT(writes(), IsEmpty());
    return report;
  }
  WhyReport why(const std::string& name) {
    auto report = ask(name);
    EXPECT_TRUE(report) << report.error().message;
    return std::move(report).value_or(WhyReport());
  }
  Failure failure(const std::string& name) {
    const auto report = ask(name);
    EXPECT_FALSE(report);
    return report ? Failure{} : report.error();
  }
  /// A pass as the program makes it: with the history.
  PassResult pass(const std::string& run_id) {
    world_.advance(std::chrono::hours(24));
    return inSession(run_id, "pod-1", [&](Session& session) {
      PassResult result = runPass(session);
      EXPECT_EQ(recordHistory(session, entryOf(result, session.clock.now(), run_id)), "");
      return result;
    });
  }
  static std::vector<std::string_view> whats(const WhyReport& report) {
    std::vector<std::string_view> whats;
    for (const HistoryMention& mention : report.mentions) whats.push_back(toString(mention.what));
    return whats;
  }
};

TEST_F(WhyTest, OfTwoPassesWithRoomForOneTheFirstIsGoneAndTheSecondKept) {
  settings_.overrides.max_snapshots = 1;
  const std::string first = *pass("run-1").backup;
  const std::string second = *pass("run-2").backup;

  const WhyReport kept = why(second);
  EXPECT_EQ(kept.state, State::kKept);
  EXPECT_THAT(kept.summary,
              HasSubstr("is kept: it is one of the newest maxSnapshots good backups"));
  ASSERT_TRUE(kept.live);
  EXPECT_EQ(kept.live->verdict, Verdict::kCertified);
  EXPECT_TRUE(kept.live->counted);
  EXPECT_EQ(kept.live->place, 1);
  EXPECT_EQ(kept.live->run, "run-2");
  EXPECT_THAT(whats(kept), ElementsAre("made"));

  const WhyReport gone = why(first);
  EXPECT_EQ(gone.state, State::kGone);
  EXPECT_FALSE(gone.live);
  EXPECT_THAT(gone.summary, AllOf(HasSubstr("is gone: `run` (run run-2, ended 2025-01-17T"),
                                  HasSubstr("deleted it: ExceedsMaxSnapshots")));
  EXPECT_THAT(whats(gone), ElementsAre("made", "deleted"));
  const std::string text = toText(gone, world_.clock().now());
  EXPECT_THAT(text, HasSubstr("made it: certified"));
}

TEST_F(WhyTest, ASnapshotsNameLeadsToItsBackupAlsoWhenItIsGone) {
  world_.add(sim::aBackup("backup-20250110-020000").ours().withWal());
  EXPECT_EQ(why("backup-20250110-020000-wal").backup, "backup-20250110-020000");
  settings_.overrides.max_snapshots = 1;
  const PassResult first = pass("run-1");
  pass("run-2");
  ASSERT_THAT(first.snapshots, SizeIs(1));
  EXPECT_EQ(why(first.snapshots[0]).backup, *first.backup);
}

TEST_F(WhyTest, OneThatIsHeldIsKeptAndDoesNotCount) {
  world_.add(sim::aBackup("backup-20250110-020000").ours().held());
  const WhyReport report = why("backup-20250110-020000");
  EXPECT_THAT(report.summary, HasSubstr("(HeldByAnnotation)"));
  EXPECT_FALSE(report.live->counted);
}

TEST_F(WhyTest, AFailedOneNeverCounted) {
  world_.add(sim::aBackup("backup-20250110-020000").ours().failed());
  world_.add(sim::aBackup("backup-20250111-020000").ours());
  const WhyReport report = why("backup-20250110-020000");
  EXPECT_EQ(report.state, State::kToGo);
  EXPECT_EQ(report.live->verdict, Verdict::kFailed);
  EXPECT_FALSE(report.live->counted);
  EXPECT_THAT(report.summary, HasSubstr("(FailedSuperseded)"));
}

TEST_F(WhyTest, ASnapshotThatIsNoBackupsSaysSo) {
  world_.add(sim::aBackup("backup-20250110-020000").ours());
  world_.server().update(world_.snapshotRef("backup-20250110-020000"), [](json::Value& snapshot) {
    snapshot["metadata"]["labels"] = json::Object{};
  });
  world_.server().remove(world_.backupRef("backup-20250110-020000"));
  const WhyReport report = why("backup-20250110-020000");
  EXPECT_EQ(report.state, State::kNoBackup);
  EXPECT_THAT(report.summary, HasSubstr("lacks CloudNativePG's labels cnpg.io/cluster"));
}

TEST_F(WhyTest, OneThatSomebodyElseDeletedWasDeletedByNoRecordedRun) {
  const std::string name = *pass("run-1").backup;
  world_.server().remove(world_.backupRef(name));
  world_.server().remove(world_.snapshotRef(name));
  world_.advance(std::chrono::minutes(1));
  const WhyReport report = why(name);
  EXPECT_EQ(report.state, State::kGone);
  EXPECT_THAT(report.summary,
              HasSubstr("no run says that it deleted it (recorded: 1, since 2025-01-16T"));
}

TEST_F(WhyTest, OneThatNobodyKnowsIsAConfigurationErrorThatNamesTheWindow) {
  EXPECT_EQ(failure("nowhere").code, ExitCode::kConfiguration);
  EXPECT_THAT(failure("nowhere").message, HasSubstr("no run names it (recorded: 0)"));
  pass("run-1");
  EXPECT_THAT(failure("nowhere").message, HasSubstr("(recorded: 1, since 2025-01-16T"));
  world_.server().forbid("admin", "get", "configmaps");
  EXPECT_EQ(failure("nowhere").code, ExitCode::kForbidden);
}

TEST_F(WhyTest, WithoutTheCrTheHistoryAnswersWithAWarning) {
  settings_.overrides.max_snapshots = 1;
  const std::string first = *pass("run-1").backup;
  pass("run-2");
  world_.server().remove(world_.noobaaRef());
  const WhyReport gone = why(first);
  EXPECT_EQ(gone.state, State::kGone);
  world_.server().forbid("admin", "list", "volumesnapshots.snapshot.storage.k8s.io");
  const WhyReport blind = why(first);
  EXPECT_EQ(blind.state, State::kUndecided);
  EXPECT_THAT(whats(blind), ElementsAre("made", "deleted"));
  EXPECT_THAT(blind.warnings, Contains(HasSubstr("volumesnapshots")));
}

}  // namespace
}  // namespace job
