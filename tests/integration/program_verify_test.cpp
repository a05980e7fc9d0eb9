#include <csignal>

#include "tests/integration/program_fixture.h"
#include "tests/sim/kinds.h"

namespace job {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

class ProgramVerifyTest : public ServedProgramTest {
 protected:
  ProgramVerifyTest() {
    look([&] {
      world_.add(sim::aBackup("backup-20250101-020000").ours());
      return 0;
    });
  }
  json::Value drillCluster() {
    return world_.get({sim::clusterType(world_.shape().cnpg_group), nameSpace(),
                       world_.shape().clusterName() + "-drill"});
  }
};

TEST_F(ProgramVerifyTest, EndsWithTheDrillsObjectOnStdout) {
  const End end = run({"verify", "--restore", "-o", "json"});
  EXPECT_EQ(end.exit_code, 0) << end.err << end.out;
  EXPECT_THAT(linesOf(end.out), SizeIs(1));
  json::Value report = lastObject(end.out);
  EXPECT_EQ(complaints("drill", end.out), "");
  EXPECT_THAT(keysOf(report),
              ElementsAre("command", "outcome", "exitCode", "cluster", "backup", "drillCluster",
                          "verified", "comparisons", "answeredAfterSeconds", "durationSeconds",
                          "left", "warnings", "reason"));
  EXPECT_EQ(report["outcome"], json::Value("completed"));
  EXPECT_EQ(report["verified"], json::Value(true));
  EXPECT_EQ(report["backup"], json::Value("backup-20250101-020000"));
  EXPECT_TRUE(look([&] { return drillCluster(); }).isNull());
  EXPECT_EQ(leaseHolder(), "");
}

TEST_F(ProgramVerifyTest, StatusAndResultObjectsKeepToTheirSchemasToo) {
  EXPECT_EQ(complaints("status", run({"db-backup-status", "-o", "json"}).out), "");
  EXPECT_EQ(complaints("result", run({"prune", "--dry-run", "-o", "json"}).out), "");
}

TEST_F(ProgramVerifyTest, TellsPeopleWhatWasRestored) {
  const End end = run({"verify", "--restore", "backup-20250101-020000", "--log-format=text"});
  EXPECT_EQ(end.exit_code, 0) << end.err << end.out;
  EXPECT_THAT(end.out,
              AllOf(StartsWith("Verified: Backup backup-20250101-020000 was restored"),
                    HasSubstr("\nPostgreSQL answered "), HasSubstr("\nsystem identifier matches: "),
                    HasSubstr(" was removed in ")));
}

TEST_F(ProgramVerifyTest, SigtermRemovesWhatWasMade) {
  const auto program = start({"verify", "--restore", "-o", "json"});
  ASSERT_TRUE(comesTrue([&] { return !drillCluster().isNull(); }));
  program->signal(SIGTERM);
  const End end = program->wait();
  EXPECT_EQ(end.exit_code, 143) << end.err;
  EXPECT_EQ(lastObject(end.out)["outcome"], json::Value("interrupted"));
  EXPECT_TRUE(look([&] { return drillCluster(); }).isNull());
}

TEST_F(ProgramVerifyTest, OneThatReachesNoApiStillEndsWithItsObject) {
  const End end = run({"verify", "--restore", "-o", "json", "--kubeconfig", "/nowhere"});
  EXPECT_EQ(end.exit_code, 78) << end.err;
  json::Value report = lastObject(end.out);
  EXPECT_EQ(report["command"], json::Value("verify"));
  EXPECT_EQ(report["verified"], json::Value(false));
  EXPECT_EQ(complaints("drill", end.out), "");
}

TEST_F(ProgramVerifyTest, WithoutRestoreItIsAUsageError) {
  const End end = run({"verify"});
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_THAT(end.out, IsEmpty());
  EXPECT_THAT(end.err, HasSubstr("--restore"));
}

}  // namespace
}  // namespace job
