#include <csignal>

#include "tests/integration/program_fixture.h"

namespace job {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Gt;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

using ProgramRunTest = ServedProgramTest;

TEST_F(ProgramRunTest, EndsWithTheResultObjectOnStdout) {
  const End end = run({"-o", "json"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(linesOf(end.out), SizeIs(1));
  json::Value result = lastObject(end.out);
  EXPECT_THAT(
      keysOf(result),
      ElementsAre("command", "outcome", "exitCode", "cluster", "backup", "verdict", "snapshots",
                  "pruned", "wouldPrune", "kept", "held", "failedToPrune", "lastBackupTime",
                  "nextBackupTime", "durationSeconds", "warnings", "reason"));
  EXPECT_EQ(result["outcome"], json::Value("completed"));
  EXPECT_EQ(result["exitCode"], json::Value(0));
  EXPECT_EQ(result["verdict"], json::Value("certified"));
  const auto made = look([&] { return world_.backupNames(); });
  ASSERT_THAT(made, SizeIs(1));
  EXPECT_EQ(result["backup"], json::Value(made.front()));
  EXPECT_EQ(leaseHolder(), "");
}

TEST_F(ProgramRunTest, ASyncEndsWithTheSameKindOfObjectAndMakesNoBackup) {
  const End end = run({"sync", "-o", "json"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  json::Value result = lastObject(end.out);
  EXPECT_EQ(result["command"], json::Value("sync"));
  EXPECT_EQ(result["outcome"], json::Value("completed"));
  EXPECT_THAT(*result["reason"].string(), HasSubstr("status was refreshed"));
  EXPECT_THAT(look([&] { return world_.backupNames(); }), IsEmpty());
}

TEST_F(ProgramRunTest, ASyncThatReachesNoApiStillEndsWithItsResult) {
  const End end = run({"sync", "-o", "json", "--kubeconfig", "/nowhere"});
  EXPECT_EQ(end.exit_code, 78) << end.err;
  EXPECT_EQ(lastObject(end.out)["command"], json::Value("sync"));
}

TEST_F(ProgramRunTest, LogsOneJsonObjectALineOnStderr) {
  const End end = run({"run", "--log-level", "debug"});
  EXPECT_EQ(end.exit_code, 0);
  const auto lines = linesOf(end.err);
  EXPECT_THAT(lines, SizeIs(Gt(3)));
  for (const std::string& line : lines) {
    const auto parsed = json::parse(line);
    ASSERT_TRUE(parsed) << line;
    const auto keys = keysOf(*parsed);
    ASSERT_THAT(keys, SizeIs(testing::Ge(3))) << line;
    EXPECT_THAT(std::vector(keys.begin(), keys.begin() + 3), ElementsAre("ts", "level", "msg"));
  }
}

TEST_F(ProgramRunTest, TellsPeopleWhatHappened) {
  const End end = run({"run", "--log-format=text"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_THAT(end.out, AllOf(StartsWith("Backup backup-"), HasSubstr(" is certified"),
                             HasSubstr("Next backup: "), HasSubstr("(in ")));
  EXPECT_THAT(end.err, HasSubstr(" info "));
  EXPECT_THAT(end.err, Not(HasSubstr("\x1b")));
}

TEST_F(ProgramRunTest, ADryRunChangesNothing) {
  look([&] {
    for (const char* name : {"backup-20250101-020000", "backup-20250102-020000",
                             "backup-20250103-020000", "backup-20250104-020000"}) {
      world_.add(sim::aBackup(name).ours());
    }
    return 0;
  });
  const auto before = look([&] { return std::pair(world_.backupNames(), world_.noobaa()); });
  const End end = run({"--dry-run", "-o", "json"});
  EXPECT_EQ(end.exit_code, 0) << end.out;
  json::Value result = lastObject(end.out);
  EXPECT_TRUE(result["backup"].isNull());
  EXPECT_EQ(result["wouldPrune"],
            json::Value(json::Array{"backup-20250101-020000", "backup-20250102-020000"}));
  EXPECT_EQ(look([&] { return std::pair(world_.backupNames(), world_.noobaa()); }), before);
}

TEST_F(ProgramRunTest, HasNothingToDoWhenBackupsAreNotConfigured) {
  look([&] {
    world_.editNoobaa(
        [](json::Value& noobaa) { noobaa["spec"]["dbSpec"].object()->erase("dbBackup"); });
    return 0;
  });
  const End end = run({"run", "-o", "json"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(lastObject(end.out)["outcome"], json::Value("nothing-to-do"));
  EXPECT_THAT(look([&] { return world_.backupNames(); }), IsEmpty());
}

TEST_F(ProgramRunTest, TheTokenIsNowhereInWhatItPrints) {
  actAs("recognizable-token");
  for (const Arguments& arguments : {Arguments{"run", "--log-level", "debug"},
                                     Arguments{"db-backup-status", "--log-level", "debug"}}) {
    const End end = run(arguments);
    EXPECT_EQ(end.exit_code, 0) << end.err;
    EXPECT_THAT(end.out + end.err, Not(HasSubstr("recognizable-token")));
  }
  actAs("recognizable-but-wrong");
  const End refused = run({"run", "--log-level", "debug"});
  EXPECT_EQ(refused.exit_code, 77);
  EXPECT_THAT(refused.out + refused.err, Not(HasSubstr("recognizable")));
}

/// One whose Backup never ends.
class ProgramStopTest : public ServedProgramTest {
 protected:
  ProgramStopTest() {
    look([&] {
      world_.faults().stays_finalizing = true;
      return 0;
    });
  }
  bool comesToWait() {
    return comesTrue([&] {
      const auto names = world_.backupNames();
      if (names.empty()) return false;
      json::Value backup = world_.backup(names.front());
      return backup["status"]["phase"] == json::Value("finalizing");
    });
  }
};

TEST_F(ProgramStopTest, SigtermDuringTheWaitGivesTheLeaseBackAndTellsSo) {
  const auto program = start({"run", "-o", "json"});
  ASSERT_TRUE(comesToWait());
  EXPECT_NE(leaseHolder(), "");
  program->signal(SIGTERM);
  const End end = program->wait();
  EXPECT_EQ(end.exit_code, 143) << end.err;
  json::Value result = lastObject(end.out);
  EXPECT_EQ(result["outcome"], json::Value("interrupted"));
  EXPECT_EQ(result["exitCode"], json::Value(143));
  EXPECT_EQ(leaseHolder(), "");
  EXPECT_THAT(look([&] { return world_.backupNames(); }), SizeIs(1));
}

TEST_F(ProgramStopTest, AnotherSigtermEndsItAtOnce) {
  const auto program = start({"run", "-o", "json"});
  ASSERT_TRUE(comesToWait());
  // The server does not answer, so the Lease can't be given back.
  server_.locked([&] {
    do {
      program->signal(SIGTERM);
    } while (!program->endsWithin(std::chrono::milliseconds(50)));
  });
  const End end = program->wait();
  EXPECT_EQ(end.exit_code, 143);
  EXPECT_THAT(end.out, IsEmpty());
}

class ProgramStatusTest : public ServedProgramTest {
 protected:
  ProgramStatusTest() {
    look([&] {
      world_.add(sim::aBackup("backup-20250101-020000").ours().held());
      world_.add(sim::aBackup("backup-20250102-020000").ours().withWal());
      world_.add(sim::aBackup("backup-20250103-020000").ours().failed());
      return 0;
    });
  }
  std::string status(const std::string& format) {
    const End end = run({"db-backup-status", "-o", format});
    EXPECT_EQ(end.exit_code, 0) << end.err;
    EXPECT_THAT(end.err, IsEmpty());
    return end.out;
  }
};

TEST_F(ProgramStatusTest, IsATableForPeople) {
  const End end = run({"db-backup-status"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.out,
              AllOf(StartsWith("System: "), HasSubstr("VERDICT"), Not(HasSubstr("REASON"))));
  EXPECT_EQ(linesOf(end.out).size(), linesOf(status("table")).size());
  EXPECT_THAT(status("wide"), AllOf(HasSubstr("REASON"), HasSubstr("backup-20250102-020000-wal")));
}

TEST_F(ProgramStatusTest, IsAnObjectForPrograms) {
  const auto parsed = json::parse(status("json"));
  ASSERT_TRUE(parsed);
  json::Value report = *parsed;
  EXPECT_THAT(keysOf(report),
              ElementsAre("system", "cluster", "schedule", "timeZone", "maxSnapshots",
                          "lastBackupTime", "nextBackupTime", "overdue", "totalSnapshots",
                          "availableSnapshots", "backups", "warnings"));
  ASSERT_THAT(*report["backups"].array(), SizeIs(3));
  json::Value newest = report["backups"].array()->front();
  EXPECT_THAT(keysOf(newest), ElementsAre("name", "time", "verdict", "good", "held", "managed",
                                          "online", "phase", "reason", "members"));
  EXPECT_EQ(newest["verdict"], json::Value("failed"));
}

TEST_F(ProgramStatusTest, IsTheSameAsYaml) {
  EXPECT_THAT(linesOf(status("yaml")).front(), "system: noobaa");
}

TEST_F(ProgramStatusTest, IsTheNamesToRecoverFrom) {
  EXPECT_EQ(status("name"), "backup-20250101-020000\nbackup-20250102-020000\n");
}

TEST_F(ProgramStatusTest, IsReadWithoutChangingAnything) {
  status("json");
  EXPECT_THAT(look([&] { return world_.server().requestLog(); }),
              testing::Each(StartsWith("GET ")));
}

}  // namespace
}  // namespace job
