#include "tests/integration/program_fixture.h"

namespace job {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

using ProgramCheckTest = ServedProgramTest;

TEST_F(ProgramCheckTest, ShowsALineACheckWithSymbolsWhereTheLocaleHasThem) {
  environment_["LANG"] = "C";
  EXPECT_THAT(run({"check"}).out, StartsWith("ok   api "));
  environment_["LC_ALL"] = "de_DE.utf8";
  const End end = run({"check"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.out, AllOf(StartsWith("✓ api "), HasSubstr("\n! backups ")));
}

TEST_F(ProgramCheckTest, IsAnObjectForProgramsAndChangesNothing) {
  look([&] {
    world_.fenceInstance("noobaa-db-pg-cluster-2");
    world_.server().clearRequestLog();
    return 0;
  });
  const End end = run({"check", "-o", "json"});
  EXPECT_EQ(end.exit_code, 6) << end.err;
  json::Value report = lastObject(end.out);
  EXPECT_THAT(keysOf(report), ElementsAre("checks", "exitCode"));
  EXPECT_EQ(report["exitCode"], json::Value(6));
  ASSERT_THAT(*report["checks"].array(), Not(SizeIs(0)));
  EXPECT_THAT(keysOf(report["checks"].array()->front()),
              ElementsAre("name", "level", "message", "fix"));
  auto requests = look([&] { return world_.server().requestLog(); });
  std::erase_if(requests,
                [](const auto& line) { return line.find("selfsubject") != std::string::npos; });
  EXPECT_THAT(requests, Each(StartsWith("GET ")));
}

TEST_F(ProgramCheckTest, SaysWhatIsWrongWithTheKubeconfigInItsOwnForm) {
  environment_["KUBECONFIG"] = folder_.put("broken", "no kubeconfig");
  const End end = run({"check", "-o", "json"});
  EXPECT_EQ(end.exit_code, 78);
  json::Value report = lastObject(end.out);
  ASSERT_THAT(*report["checks"].array(), SizeIs(1));
  EXPECT_EQ(report["checks"].array()->front()["level"], json::Value("fail"));
}

}  // namespace
}  // namespace job
