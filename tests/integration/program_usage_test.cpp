#include "tests/integration/program_fixture.h"

namespace job {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

using ProgramUsageTest = ProgramTest;

TEST_F(ProgramUsageTest, HelpIsAResult) {
  for (const Arguments& asked : {Arguments{"--help"}, Arguments{"help"}, Arguments{"run", "-h"}}) {
    const End end = run(asked);
    EXPECT_EQ(end.exit_code, 0);
    EXPECT_THAT(end.out, HasSubstr("noobaa-db-backup"));
    EXPECT_THAT(end.err, IsEmpty());
  }
}

TEST_F(ProgramUsageTest, SaysItsVersion) {
  const End end = run({"version"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_THAT(end.out, StartsWith("noobaa-db-backup "));
  EXPECT_THAT(linesOf(end.out), SizeIs(1));
  EXPECT_EQ(run({"--version"}).out, end.out);
}

TEST_F(ProgramUsageTest, RefusesWhatIsUnknownInOneLine) {
  environment_["NOOBAA_DB_BACKUP_MAX_SNAPSHOTS"] = "none";
  const std::vector<std::pair<Arguments, std::string>> cases = {
      {{"--no-such-flag"}, "--no-such-flag"},
      {{"backup"}, "backup"},
      {{"run", "-o", "xml"}, "xml"},
      {{"run", "--timeout", "soon"}, "soon"},
      {{"run"}, "NOOBAA_DB_BACKUP_MAX_SNAPSHOTS"},
      {{"db-backup-status", "--max-snapshots", "0"}, "--max-snapshots"}};
  for (const auto& [arguments, named] : cases) {
    const End end = run(arguments);
    EXPECT_EQ(end.exit_code, 2) << named;
    EXPECT_THAT(end.out, IsEmpty());
    EXPECT_THAT(linesOf(end.err), ElementsAre(HasSubstr(named)));
  }
}

TEST_F(ProgramUsageTest, ShowsWhenATypedScheduleFiresWithoutACluster) {
  const End end = run({"schedule", "30 2 * * *", "--from", "2025-01-15T02:30:00Z", "--count", "2",
                       "--time-zone", "Europe/Berlin"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(end.out, "2025-01-16T02:30:00+01:00\n2025-01-17T02:30:00+01:00\n");
  EXPECT_THAT(end.err, IsEmpty());
}

TEST_F(ProgramUsageTest, SaysOfAScheduleThatItNeverFires) {
  const End end = run({"schedule", "0 0 30 2 *"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_THAT(end.out, IsEmpty());
  EXPECT_THAT(linesOf(end.err), ElementsAre(HasSubstr("never fires")));
}

TEST_F(ProgramUsageTest, RefusesWhatIsNoSchedule) {
  const End end = run({"schedule", "every night"});
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_THAT(end.out, IsEmpty());
  EXPECT_THAT(linesOf(end.err), ElementsAre(HasSubstr("every night")));
}

}  // namespace
}  // namespace job
