#include <csignal>

#include "tests/integration/program_fixture.h"

namespace job {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

using ProgramBackupTest = ServedProgramTest;

TEST_F(ProgramBackupTest, EndsWithTheResultObject) {
  const End end = run({"db-backup", "--name", "before-upgrade", "--hold", "-o", "json"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  json::Value result = lastObject(end.out);
  EXPECT_THAT(
      keysOf(result),
      ElementsAre("command", "outcome", "exitCode", "cluster", "backup", "verdict", "snapshots",
                  "pruned", "wouldPrune", "kept", "held", "failedToPrune", "lastBackupTime",
                  "nextBackupTime", "durationSeconds", "warnings", "reason"));
  EXPECT_EQ(result["command"], json::Value("db-backup"));
  EXPECT_EQ(result["backup"], json::Value("before-upgrade"));
  EXPECT_EQ(result["verdict"], json::Value("certified"));
  EXPECT_EQ(result["held"], json::Value(json::Array{"before-upgrade"}));
  EXPECT_EQ(leaseHolder(), "");
}

TEST_F(ProgramBackupTest, EndsForPeopleWithItsRowOfTheStatusTable) {
  const End end = run({"db-backup", "--name=before-upgrade"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.out, StartsWith("Backup before-upgrade is certified"));
  const auto lines = linesOf(end.out);
  EXPECT_THAT(lines.back(),
              AllOf(StartsWith("before-upgrade "), HasSubstr("1/1 ready"), HasSubstr("offline")));
  EXPECT_THAT(linesOf(run({"db-backup-status"}).out).back(), StartsWith("before-upgrade "));
}

TEST_F(ProgramBackupTest, AnOnlineOneSaysWhatItRestores) {
  const End end = run({"db-backup", "--online"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.out, AllOf(HasSubstr(" is uncertified: "), HasSubstr("crash recovery")));
}

TEST_F(ProgramBackupTest, WithoutWaitingItNamesTheBackupAndHasNoVerdict) {
  look([&] {
    world_.faults().stays_finalizing = true;
    return 0;
  });
  const End end = run({"db-backup", "--no-wait", "-o", "json"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  json::Value result = lastObject(end.out);
  EXPECT_EQ(result["outcome"], json::Value("completed"));
  EXPECT_TRUE(result["verdict"].isNull());
  EXPECT_THAT(look([&] { return world_.backupNames(); }), ElementsAre(*result["backup"].string()));
  EXPECT_THAT(*result["reason"].string(), HasSubstr("--watch"));
}

TEST_F(ProgramBackupTest, ATakenNameIsRefused) {
  look([&] {
    world_.add(sim::aBackup("before-upgrade").ours());
    return 0;
  });
  const End end = run({"db-backup", "--name", "before-upgrade"});
  EXPECT_EQ(end.exit_code, 6) << end.err;
  EXPECT_THAT(end.out, AllOf(StartsWith("Refused (exit 6): "), HasSubstr("before-upgrade")));
}

TEST_F(ProgramBackupTest, ANameThatCanNotBeOneIsAUsageError) {
  for (const std::string& name : {std::string("Before"), std::string(64, 'a'),
                                  std::string("noobaa-db-pg-cluster-backup-1")}) {
    const End end = run({"db-backup", "--name", name});
    EXPECT_EQ(end.exit_code, 2) << name;
    EXPECT_THAT(linesOf(end.err), SizeIs(1));
    EXPECT_THAT(end.err, HasSubstr("--name"));
  }
  EXPECT_THAT(look([&] { return world_.backupNames(); }), IsEmpty());
}

TEST_F(ProgramBackupTest, NotConfiguredIsAFailure) {
  look([&] {
    world_.editNoobaa(
        [](json::Value& noobaa) { noobaa["spec"]["dbSpec"].object()->erase("dbBackup"); });
    return 0;
  });
  const End end = run({"db-backup", "-o", "json"});
  EXPECT_EQ(end.exit_code, 78);
  EXPECT_EQ(lastObject(end.out)["outcome"], json::Value("failed"));
}

TEST_F(ProgramBackupTest, ADryRunChangesNothing) {
  const End end = run({"db-backup", "--dry-run", "--hold"});
  EXPECT_EQ(end.exit_code, 0) << end.out;
  EXPECT_THAT(end.out, StartsWith("Dry run: Backup backup-"));
  EXPECT_THAT(look([&] { return world_.backupNames(); }), IsEmpty());
}

TEST_F(ProgramBackupTest, SigtermDuringTheWaitGivesTheLeaseBackAndTellsSo) {
  look([&] {
    world_.faults().stays_finalizing = true;
    return 0;
  });
  const auto program = start({"db-backup", "-o", "json"});
  ASSERT_TRUE(comesTrue([&] { return !world_.backupNames().empty(); }));
  program->signal(SIGTERM);
  const End end = program->wait();
  EXPECT_EQ(end.exit_code, 143) << end.err;
  EXPECT_EQ(lastObject(end.out)["outcome"], json::Value("interrupted"));
  EXPECT_EQ(leaseHolder(), "");
}

}  // namespace
}  // namespace job
