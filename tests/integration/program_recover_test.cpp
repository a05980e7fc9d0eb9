#include "tests/integration/program_fixture.h"

namespace job {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// The commands that bring a database back, from outside.
class ProgramRecoverTest : public ServedProgramTest {
 protected:
  static constexpr const char* kName = "backup-20250114-020000";

  void lose(const std::string& wanted = kName) {
    look([&] {
      world_.add(sim::aBackup(kName).ours());
      want(wanted);
      world_.server().remove(world_.clusterRef());
      return 0;
    });
  }
  void want(const std::string& snapshot) {
    world_.editNoobaa([&](json::Value& noobaa) {
      noobaa["spec"]["dbSpec"]["dbRecovery"]["volumeSnapshotName"] = snapshot;
    });
  }
  std::string status() {
    json::Value noobaa = look([&] { return world_.noobaa(); });
    const json::Value& word = noobaa["status"]["dbStatus"]["recoveryStatus"]["status"];
    return word.string() == nullptr ? "" : *word.string();
  }
  /// Nothing of the old Cluster is left.
  bool comesToBeGone() {
    return comesTrue([&] { return world_.get(world_.claimRef(firstClaim())).isNull(); });
  }
  std::string firstClaim() const { return world_.shape().instanceName(1); }
};

TEST_F(ProgramRecoverTest, HasNothingToDoWhileAClusterIsThere) {
  look([&] { return want(kName), 0; });
  const End end = run({"recover", "-o", "json"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  json::Value result = lastObject(end.out);
  EXPECT_EQ(result["command"], json::Value("recover"));
  EXPECT_EQ(result["outcome"], json::Value("nothing-to-do"));
  EXPECT_THAT(*result["reason"].string(), HasSubstr("don't delete it"));
}

TEST_F(ProgramRecoverTest, TellsPeopleWhyItFailed) {
  lose("no-such-snapshot");
  const End end = run({"recover"});
  EXPECT_EQ(end.exit_code, 7) << end.err;
  EXPECT_THAT(end.out, AllOf(StartsWith("Failed (exit 7): "), HasSubstr("no-such-snapshot")));
  EXPECT_EQ(status(), "Failed");
}

TEST_F(ProgramRecoverTest, RunsOutOfTimeWhileTheOldVolumesStay) {
  look([&] { return world_.faults().claims_never_go = true, 0; });
  lose();
  const End end = run({"recover", "--timeout", "1s", "-o", "json"});
  EXPECT_EQ(end.exit_code, 124) << end.err;
  EXPECT_EQ(lastObject(end.out)["outcome"], json::Value("timed-out"));
  EXPECT_EQ(status(), "Pending");
  EXPECT_EQ(leaseHolder(), "");
}

TEST_F(ProgramRecoverTest, SaysInADryRunWhatWouldBeCreated) {
  lose();
  ASSERT_TRUE(comesToBeGone());
  const End end = run({"recover", "--dry-run"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.out, AllOf(StartsWith("Done: Cluster noobaa/noobaa-db-pg-cluster would be"),
                             HasSubstr(kName)));
  EXPECT_EQ(status(), "");
}

TEST_F(ProgramRecoverTest, SyncBringsTheDatabaseBackStepByStep) {
  lose();
  ASSERT_TRUE(comesToBeGone());
  const End first = run({"sync", "-o", "json"});
  EXPECT_EQ(first.exit_code, 0) << first.err << first.out;
  EXPECT_EQ(status(), "Running");
  ASSERT_TRUE(comesTrue([&] {
    json::Value cluster = world_.cluster();
    return cluster["status"]["phase"] == json::Value(sim::kHealthyPhase);
  }));
  const End second = run({"recover", "-o", "json"});
  EXPECT_EQ(second.exit_code, 0) << second.err;
  json::Value result = lastObject(second.out);
  EXPECT_EQ(result["outcome"], json::Value("completed"));
  EXPECT_EQ(result["backup"], json::Value(kName));
  EXPECT_EQ(result["snapshots"], json::Value(json::Array{kName}));
  EXPECT_TRUE(result["verdict"].isNull());
  EXPECT_EQ(status(), "Completed");
}

}  // namespace
}  // namespace job
