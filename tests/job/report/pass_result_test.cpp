#include "job/report/pass_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "common/json/write.h"
#include "common/time/rfc3339.h"

namespace job {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

PassResult aGoodPass() {
  PassResult result;
  result.command = "run";
  result.cluster = "noobaa-db-pg-cluster";
  result.backup = "backup-20250115-020000";
  result.verdict = Verdict::kCertified;
  result.snapshots = {"backup-20250115-020000", "backup-20250115-020000-wal"};
  result.pruned = {"backup-20250112-020000"};
  result.kept = 3;
  result.held = {"before-upgrade"};
  result.last_backup_time = "2025-01-15T02:01:00Z";
  result.next_backup_time = "2025-01-16T02:00:00Z";
  result.duration = 61'500ms;
  return result;
}

PassResult aFailure(ExitCode code, const std::string& reason) {
  PassResult result;
  result.command = "run";
  result.cluster = "noobaa-db-pg-cluster";
  result.exit_code = code;
  result.reason = reason;
  return result;
}

timing::Instant at(const char* text) {
  return *timing::parseRfc3339(text);
}

TEST(PassResultTest, HasTheDocumentedKeysInTheirOrder) {
  EXPECT_EQ(json::write(toJson(aGoodPass())),
            R"({"command":"run","outcome":"completed","exitCode":0,)"
            R"("cluster":"noobaa-db-pg-cluster","backup":"backup-20250115-020000",)"
            R"("verdict":"certified",)"
            R"("snapshots":["backup-20250115-020000","backup-20250115-020000-wal"],)"
            R"("pruned":["backup-20250112-020000"],"wouldPrune":[],"kept":3,)"
            R"("held":["before-upgrade"],"failedToPrune":[],)"
            R"("lastBackupTime":"2025-01-15T02:01:00Z","nextBackupTime":"2025-01-16T02:00:00Z",)"
            R"("durationSeconds":61.5,"warnings":[],"reason":""})");
}

TEST(PassResultTest, WhatIsAbsentIsNull) {
  EXPECT_EQ(json::write(toJson(aFailure(ExitCode::kBusy, "locked"))),
            R"({"command":"run","outcome":"busy","exitCode":5,"cluster":"noobaa-db-pg-cluster",)"
            R"("backup":null,"verdict":null,"snapshots":[],"pruned":[],"wouldPrune":[],"kept":0,)"
            R"("held":[],"failedToPrune":[],"lastBackupTime":null,"nextBackupTime":null,)"
            R"("durationSeconds":0.0,"warnings":[],"reason":"locked"})");
}

TEST(PassResultTest, TheCodeDecidesTheOutcome) {
  const auto outcome = [](ExitCode code) { return toString(outcomeOf(aFailure(code, "why"))); };
  EXPECT_EQ(outcome(ExitCode::kDone), "completed");
  EXPECT_EQ(outcome(ExitCode::kIncomplete), "completed");
  EXPECT_EQ(outcome(ExitCode::kBusy), "busy");
  EXPECT_EQ(outcome(ExitCode::kRefused), "refused");
  EXPECT_EQ(outcome(ExitCode::kTimedOut), "timed-out");
  EXPECT_EQ(outcome(ExitCode::kInterrupted), "interrupted");
  for (const ExitCode code :
       {ExitCode::kBug, ExitCode::kBackupFailed, ExitCode::kRecoveryFailed, ExitCode::kUnavailable,
        ExitCode::kForbidden, ExitCode::kConfiguration}) {
    EXPECT_EQ(outcome(code), "failed");
  }
}

TEST(PassResultTest, WhatWasSaidCountsOnlyForAGoodEnd) {
  PassResult result;
  result.said = PassOutcome::kNothingToDo;
  EXPECT_EQ(outcomeOf(result), PassOutcome::kNothingToDo);
  result.said = PassOutcome::kDeferred;
  EXPECT_EQ(outcomeOf(result), PassOutcome::kDeferred);
  result.exit_code = ExitCode::kForbidden;
  EXPECT_EQ(outcomeOf(result), PassOutcome::kFailed);
  result.exit_code = ExitCode::kIncomplete;
  result.said = PassOutcome::kRefused;
  EXPECT_EQ(outcomeOf(result), PassOutcome::kRefused) << "a stale plan";
}

TEST(PassTextTest, TellsOfAGoodPassInAFewLines) {
  PassResult result = aGoodPass();
  result.max_snapshots = 3;
  EXPECT_EQ(toText(result, at("2025-01-15T02:01:00Z")),
            "Backup backup-20250115-020000 is certified: PostgreSQL was shut down when its volumes "
            "were snapshotted\n"
            "Snapshots: backup-20250115-020000, backup-20250115-020000-wal\n"
            "Pruned: backup-20250112-020000\n"
            "Kept: 3 good backups (maxSnapshots 3), 1 held (before-upgrade)\n"
            "Next backup: 2025-01-16T02:00:00Z (in 23h59m)\n");
}

TEST(PassTextTest, LeavesOutWhatIsEmpty) {
  PassResult result = aGoodPass();
  result.pruned.clear();
  result.held.clear();
  result.kept = 1;
  result.next_backup_time.clear();
  EXPECT_EQ(toText(result),
            "Backup backup-20250115-020000 is certified: PostgreSQL was shut down when its volumes "
            "were snapshotted\n"
            "Snapshots: backup-20250115-020000, backup-20250115-020000-wal\n"
            "Kept: 1 good backup\n");
}

TEST(PassTextTest, SaysWhatIsLeftToDoAfterAGoodBackup) {
  PassResult result = aGoodPass();
  result.exit_code = ExitCode::kIncomplete;
  result.reason = "the status could not be written";
  result.failed_to_prune = {"old"};
  const std::string text = toText(result);
  EXPECT_THAT(text, HasSubstr("is certified"));
  EXPECT_THAT(text, HasSubstr("\nIncomplete (exit 4): the status could not be written\n"));
  EXPECT_THAT(text, HasSubstr("\nCould not prune: old\n"));
}

TEST(PassTextTest, SaysWhyThereIsNoBackup) {
  PassResult failed = aFailure(ExitCode::kBackupFailed, "Backup b is unclean");
  failed.backup = "b";
  failed.verdict = Verdict::kUnclean;
  failed.last_backup_time = "2025-01-14T02:01:00Z";
  EXPECT_EQ(toText(failed),
            "Failed (exit 3): Backup b is unclean\n"
            "Last good backup: 2025-01-14T02:01:00Z\n");
  EXPECT_EQ(toText(aFailure(ExitCode::kRefused, "no ready standby")),
            "Refused (exit 6): no ready standby\n");
  EXPECT_EQ(toText(aFailure(ExitCode::kBusy, "locked")), "Busy (exit 5): locked\n");
  EXPECT_EQ(toText(aFailure(ExitCode::kTimedOut, "slow")), "Timed out (exit 124): slow\n");
  EXPECT_EQ(toText(aFailure(ExitCode::kInterrupted, "SIGTERM")), "Stopped (exit 143): SIGTERM\n");
}

TEST(PassTextTest, SaysHowToFollowWhatWasNotWaitedFor) {
  PassResult result;
  result.backup = "backup-20250115-020000";
  result.reason = "Backup backup-20250115-020000 is under way";
  EXPECT_EQ(toText(result), "Done: Backup backup-20250115-020000 is under way\n");
}

TEST(PassTextTest, EndsWithTheNewBackupsRow) {
  PassResult result = aGoodPass();
  result.warnings = {"look at this"};
  result.row = StatusReport::Row{
      .group = {.name = "backup-20250115-020000", .backup = {}, .members = {}},
      .judgement = {.verdict = Verdict::kCertified, .reason = ""},
      .retention = {"backup-20250115-020000", false, RetentionReason::kWithinMaxSnapshots}};
  EXPECT_THAT(
      toText(result, at("2025-01-15T02:01:00Z")),
      testing::EndsWith(
          "Warning: look at this\n"
          "\n"
          "NAME                     AGE   VERDICT     KEPT              SIZE   MEMBERS     MODE\n"
          "backup-20250115-020000   -     certified   yes, within max   -      0/0 ready   "
          "offline\n"));
  EXPECT_THAT(toText(result), testing::EndsWith("Warning: look at this\n"));
}

TEST(PassTextTest, SaysThatADryRunChangedNothing) {
  PassResult result = aGoodPass();
  result.verdict.reset();
  result.snapshots.clear();
  result.pruned.clear();
  result.dry_run = true;
  result.would_prune = {"old-1", "old-2"};
  EXPECT_THAT(toText(result),
              testing::StartsWith("Dry run: Backup backup-20250115-020000 would be made; nothing "
                                  "was changed\nWould prune: old-1, old-2\n"));
}

TEST(PassTextTest, ARecoveredBackupIsNotOneThatADryRunWouldMake) {
  const PassResult result{.command = "recover", .backup = "backup-1", .reason = "recovered"};
  EXPECT_THAT(toText(result), testing::StartsWith("Done: recovered"));
}

TEST(PassTextTest, SaysADeferredPassesReasonOnce) {
  PassResult result;
  result.said = PassOutcome::kDeferred;
  result.reason = "the operator schedules";
  result.warnings = {"the operator schedules", "something else"};
  EXPECT_EQ(toText(result), "Deferred: the operator schedules\nWarning: something else\n");
}

TEST(PassTextTest, ATextOfTheServersStaysOnItsLine) {
  const std::string text = toText(aFailure(ExitCode::kBackupFailed, "one\ntwo\x1b[2J"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(PassResultTest, OfPruningEveryBackupIsARowWithItsReasonInWordsAndCode) {
  using Fate = DecidedBackup::Fate;
  PassResult result;
  result.command = "prune";
  result.reason = "1 backup was deleted";
  result.pruned = {"a"};
  result.kept = 1;
  result.decided = {
      {"c", at("2025-01-15T02:00:00Z"), Verdict::kCertified, RetentionReason::kWithinMaxSnapshots,
       Fate::kKept},
      {"b", std::nullopt, Verdict::kFailed, RetentionReason::kFailedSuperseded, Fate::kNotGone},
      {"a", at("2025-01-13T02:00:00Z"), Verdict::kCertified, RetentionReason::kExceedsMaxSnapshots,
       Fate::kGone}};
  EXPECT_EQ(toText(result, at("2025-01-15T03:00:00Z")),
            "Done: 1 backup was deleted\n"
            "\n"
            "NAME   AGE    VERDICT     DECISION      REASON                WHY\n"
            "c      1h     certified   keep          WithinMaxSnapshots    it is one of the newest "
            "maxSnapshots good backups\n"
            "b      -      failed      NOT deleted   FailedSuperseded      it is no good backup, "
            "and a newer good one exists\n"
            "a      2d1h   certified   deleted       ExceedsMaxSnapshots   maxSnapshots newer good "
            "backups exist\n"
            "\n"
            "Kept: 1 good backup\n");
}

}  // namespace
}  // namespace job
