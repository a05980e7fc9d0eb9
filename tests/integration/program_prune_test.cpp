#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/integration/program_fixture.h"

namespace job {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

constexpr char kOldest[] = "backup-20250110-020000";

/// Five good backups, three of which are to stay.
class ProgramPruneTest : public ServedProgramTest {
 protected:
  ProgramPruneTest() {
    look([&] {
      for (const char* day : {"10", "11", "12", "13", "14"})
        world_.add(sim::aBackup(std::string("backup-202501") + day + "-020000").ours());
      return 0;
    });
  }
  std::vector<std::string> backups() {
    return look([&] { return world_.backupNames(); });
  }
  std::string holdOn(const std::string& name) {
    json::Value snapshot = look([&] { return world_.snapshot(name); });
    const json::Value& hold = snapshot["metadata"]["annotations"]["noobaa.io/db-backup-hold"];
    return hold.string() == nullptr ? "" : *hold.string();
  }
  std::string contentOf(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  std::string plan_ = folder_.path("plan.json");
};

TEST_F(ProgramPruneTest, ADryRunIsATableOfEveryDecision) {
  const End end = run({"prune", "--dry-run"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.out, AllOf(StartsWith("Done: 2 backups would be deleted"), HasSubstr("NAME"),
                             HasSubstr("ExceedsMaxSnapshots"), HasSubstr("WithinMaxSnapshots"),
                             HasSubstr("it is one of the newest maxSnapshots good backups")));
  EXPECT_THAT(backups(), SizeIs(5));
}

TEST_F(ProgramPruneTest, AsJsonItIsTheResultObject) {
  const End dry = run({"prune", "--dry-run", "-o", "json"});
  json::Value result = lastObject(dry.out);
  EXPECT_THAT(linesOf(dry.out), SizeIs(1));
  EXPECT_EQ(result["wouldPrune"], json::Value(json::Array{kOldest, "backup-20250111-020000"}));
  EXPECT_TRUE(result["backup"].isNull());
  const End end = run({"prune", "-o", "json"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  result = lastObject(end.out);
  EXPECT_EQ(result["command"], json::Value("prune"));
  EXPECT_EQ(result["outcome"], json::Value("completed"));
  EXPECT_EQ(result["pruned"], json::Value(json::Array{kOldest, "backup-20250111-020000"}));
  EXPECT_EQ(result["kept"], json::Value(3));
  EXPECT_THAT(backups(), SizeIs(3));
}

TEST_F(ProgramPruneTest, APlanIsForPeopleToReadAndThenApplied) {
  End end = run({"prune", "--plan-out", plan_});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.out, HasSubstr(plan_));
  EXPECT_THAT(backups(), SizeIs(5));
  EXPECT_THAT(contentOf(plan_), AllOf(StartsWith("{\n  \"version\": 1"), HasSubstr(kOldest),
                                      HasSubstr("maxSnapshots newer good backups exist")));
  end = run({"prune", "--plan", plan_});
  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  EXPECT_THAT(backups(), SizeIs(3));
}

TEST_F(ProgramPruneTest, AStalePlanIsRefusedWithFour) {
  run({"prune", "--plan-out", plan_});
  run({"hold", kOldest});
  const End end = run({"prune", "--plan", plan_, "-o", "json"});
  EXPECT_EQ(end.exit_code, 4) << end.err;
  json::Value result = lastObject(end.out);
  EXPECT_EQ(result["outcome"], json::Value("refused"));
  EXPECT_EQ(result["exitCode"], json::Value(4));
  EXPECT_THAT(*result["reason"].string(), HasSubstr("stale"));
  EXPECT_THAT(backups(), SizeIs(5));
}

TEST_F(ProgramPruneTest, APlanThatIsNoneIs78AndStillEndsWithTheResult) {
  for (const std::string& path : {folder_.path("absent"), folder_.put("empty", ""),
                                  folder_.put("other", "{\"version\":2}")}) {
    const End end = run({"prune", "--plan", path, "-o", "json"});
    EXPECT_EQ(end.exit_code, 78) << end.err;
    json::Value result = lastObject(end.out);
    EXPECT_EQ(result["outcome"], json::Value("failed"));
    EXPECT_THAT(*result["reason"].string(), HasSubstr(path));
  }
  EXPECT_THAT(backups(), SizeIs(5));
}

TEST_F(ProgramPruneTest, NoMetricsAreWrittenOfIt) {
  const std::string metrics = folder_.path("metrics.prom");
  EXPECT_EQ(run({"prune", "--metrics-file", metrics}).exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(metrics));
}

TEST_F(ProgramPruneTest, AHeldBackupStaysUntilItIsReleased) {
  End end = run({"hold", kOldest});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.out, HasSubstr(" is held"));
  EXPECT_EQ(holdOn(kOldest), "true");
  EXPECT_EQ(run({"prune"}).exit_code, 0);
  EXPECT_THAT(backups(), ElementsAre(kOldest, "backup-20250112-020000", "backup-20250113-020000",
                                     "backup-20250114-020000"));
  end = run({"release", kOldest});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.out, AllOf(HasSubstr(" is released"), HasSubstr("deletes it")));
  EXPECT_EQ(holdOn(kOldest), "");
  EXPECT_EQ(run({"prune"}).exit_code, 0);
  EXPECT_THAT(backups(), SizeIs(3));
}

TEST_F(ProgramPruneTest, ANameThatNoBackupHasIs78AndOneLine) {
  const End end = run({"hold", "backup-20250110-02000", "--log-level", "error"});
  EXPECT_EQ(end.exit_code, 78);
  EXPECT_THAT(end.out, IsEmpty());
  EXPECT_THAT(linesOf(end.err), SizeIs(1));
  EXPECT_THAT(end.err, HasSubstr("did you mean " + std::string(kOldest) + "?"));
}

}  // namespace
}  // namespace job
