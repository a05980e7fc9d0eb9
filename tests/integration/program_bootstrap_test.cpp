#include "tests/integration/program_fixture.h"

namespace job {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

class ProgramBootstrapTest : public ServedProgramTest {
 protected:
  void loseCluster() {
    look([&] {
      world_.server().remove(world_.clusterRef());
      return 0;
    });
  }
  bool isUp() {
    return comesTrue([&] {
      json::Value cluster = world_.cluster();
      return cluster["status"]["phase"] == json::Value(sim::kHealthyPhase);
    });
  }
};

TEST_F(ProgramBootstrapTest, PrintsAClusterToCreate) {
  const End yaml = run({"bootstrap", "--initdb"});
  EXPECT_EQ(yaml.exit_code, 0) << yaml.err;
  EXPECT_THAT(yaml.out, StartsWith("# Cluster noobaa/noobaa-db-pg-cluster with an empty database"));
  EXPECT_THAT(yaml.out, HasSubstr("\n      localeCollate: C\n"));
  const End object = run({"bootstrap", "--initdb", "-o", "json"});
  json::Value parsed = json::parse(object.out).value_or(json::Value());
  EXPECT_EQ(parsed["kind"], json::Value("Cluster")) << object.out;
}

TEST_F(ProgramBootstrapTest, MakesTheClusterThatWasLost) {
  look([&] {
    world_.add(sim::aBackup("backup-20250114-020000").ours());
    return 0;
  });
  loseCluster();
  const End end = run({"bootstrap", "--from-snapshot", "backup-20250114-020000", "--apply"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.out, StartsWith("Cluster noobaa/noobaa-db-pg-cluster was created from "
                                  "VolumeSnapshot noobaa/backup-20250114-020000"));
  EXPECT_EQ(leaseHolder(), "");
  EXPECT_TRUE(isUp());
}

TEST_F(ProgramBootstrapTest, OverAClusterThatExistsItEndsWithSixAndOneLine) {
  const End end = run({"bootstrap", "--initdb", "--apply", "--log-level", "error"});
  EXPECT_EQ(end.exit_code, 6) << end.err;
  EXPECT_THAT(end.out, IsEmpty());
  EXPECT_THAT(linesOf(end.err), SizeIs(1));
  EXPECT_THAT(end.err, HasSubstr("exists"));
}

TEST_F(ProgramBootstrapTest, ASnapshotThatIsNotThereEndsWithSeven) {
  const End end = run({"bootstrap", "--from-snapshot", "backup-1"});
  EXPECT_EQ(end.exit_code, 7) << end.err;
  EXPECT_THAT(end.out, IsEmpty());
  EXPECT_THAT(end.err, HasSubstr("VolumeSnapshot noobaa/backup-1 does not exist"));
}

}  // namespace
}  // namespace job
