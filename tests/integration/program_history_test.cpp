#include "common/json/write.h"
#include "tests/integration/program_fixture.h"

namespace job {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ProgramHistoryTest : public ServedProgramTest {
 protected:
  ProgramHistoryTest() {
    look([&] {
      world_.editNoobaa(
          [](json::Value& noobaa) { noobaa["spec"]["dbSpec"].object()->erase("dbBackup"); });
      return 0;
    });
  }
  json::Value map() {
    return look([&] {
      return world_.get(
          {{"", "v1", "configmaps", "ConfigMap"}, nameSpace(), "noobaa-db-backup-history"});
    });
  }
  json::Array runs() {
    const End end = run({"history", "-o", "json"});
    EXPECT_EQ(end.exit_code, 0) << end.err;
    json::Value shown = json::parse(end.out).value_or(json::Value());
    return shown["runs"].array() == nullptr ? json::Array() : *shown["runs"].array();
  }
};

TEST_F(ProgramHistoryTest, ARunIsRecordedAndShownWithItsWholeObject) {
  const End end = run({"run", "-o", "json", "--run-id", "night-1"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  const json::Array recorded = runs();
  ASSERT_THAT(recorded, SizeIs(1)) << end.err << json::write(map());
  json::Value first = recorded.front();
  EXPECT_EQ(first["result"], lastObject(end.out));
  EXPECT_EQ(first["runID"], json::Value("night-1"));
  EXPECT_EQ(complaints("history", run({"history", "-o", "json"}).out), "");
  EXPECT_THAT(run({"history"}).out, HasSubstr("nothing-to-do"));
}

TEST_F(ProgramHistoryTest, DryRunsAndALimitOfNoneWriteNothing) {
  EXPECT_EQ(run({"run", "--dry-run"}).exit_code, 0);
  EXPECT_EQ(run({"run", "--history-limit", "0"}).exit_code, 0);
  EXPECT_EQ(run({"prune", "--plan-out", folder_.path("plan.json")}).exit_code, 0);
  EXPECT_EQ(run({"sync"}).exit_code, 0);
  EXPECT_TRUE(map().isNull());
}

TEST_F(ProgramHistoryTest, AMissingRightIsAWarningAndNoMore) {
  look([&] {
    world_.server().forbid("admin", "patch", "configmaps");
    return 0;
  });
  const End end = run({"run", "-o", "json"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_THAT(json::write(lastObject(end.out)["warnings"]),
              HasSubstr("this run is missing from the history"));
}

TEST_F(ProgramHistoryTest, ADrillIsRecordedAsItEnds) {
  EXPECT_EQ(run({"verify", "--restore"}).exit_code, 3) << "there is no backup to restore";
  const json::Array recorded = runs();
  ASSERT_THAT(recorded, SizeIs(1));
  json::Value first = recorded.front();
  EXPECT_EQ(first["result"]["command"], json::Value("verify"));
}

TEST_F(ProgramHistoryTest, WhyOfNoBackupAtAllIsAConfigurationError) {
  const End end = run({"why", "nowhere"});
  EXPECT_EQ(end.exit_code, 78);
  EXPECT_THAT(end.out, IsEmpty());
  EXPECT_THAT(end.err, AllOf(HasSubstr("there is no backup nowhere"), HasSubstr("(recorded: 0)")));
}

TEST_F(ProgramHistoryTest, WhyIsAnObjectToo) {
  look([&] {
    world_.add(sim::aBackup("backup-20250101-020000").ours());
    return 0;
  });
  const End end = run({"why", "backup-20250101-020000", "-o", "json"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(complaints("why", end.out), "");
}

}  // namespace
}  // namespace job
