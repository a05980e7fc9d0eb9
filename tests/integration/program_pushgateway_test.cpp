#include <filesystem>
#include <fstream>

#include "common/json/write.h"
#include "tests/integration/program_fixture.h"
#include "tests/support/real_pushgateway.h"

namespace job {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing_support::ChildProcess;
using testing_support::RealPushgateway;

constexpr char kPromtool[] = "/usr/bin/promtool";

/// What a Pushgateway of Prometheus itself makes of what is pushed; FakePushgateway is held to it.
class ProgramPushgatewayTest : public ServedProgramTest {
 protected:
  void SetUp() override {
    if (!RealPushgateway::isInstalled()) {
      GTEST_SKIP() << "Debian's prometheus-pushgateway is not installed";
    }
  }
  End push(const std::string& command, const std::string& url, const Arguments& more = {}) {
    Arguments arguments{command, "-o", "json", "--pushgateway", url};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  std::string series(const std::string& metric, const std::string& after = "") const {
    return "noobaa_db_backup_" + metric + "{cluster=\"" + world_.shape().clusterName() +
           R"(",instance="",job="noobaa-db-backup",namespace=")" + nameSpace() + "\"" + after + "}";
  }
  void spoilBackups() {
    look([&] {
      world_.faults().controldata_state = "in production";
      return 0;
    });
  }
  /// What promtool's lint of conventions has against it.
  std::string lintOf(const std::string& text) {
    ChildProcess promtool(
        folder_, "/bin/sh",
        {"-c", std::string(kPromtool) + " check metrics <'" + folder_.put("linted", text) + "'"},
        {});
    const End end = promtool.wait();
    return end.exit_code == 0 ? end.out + end.err : "failed: " + end.out + end.err;
  }
  static std::string warningsOf(const End& end) {
    return json::write(lastObject(end.out)["warnings"]);
  }
};

TEST_F(ProgramPushgatewayTest, KeepsTheLastSuccessOverAFailedPass) {
  const RealPushgateway gateway(folder_);
  const std::string url = "http://" + gateway.address();
  const End good = push("run", url);
  ASSERT_EQ(good.exit_code, 0) << good.err;
  EXPECT_EQ(warningsOf(good), "[]");
  EXPECT_EQ(gateway.value(series("last_attempt_exit_code")), "0");
  EXPECT_NE(gateway.value(series("overdue_timestamp_seconds")), "");
  EXPECT_EQ(gateway.value(series("backups", ",verdict=\"certified\"")), "1");
  const std::string success = gateway.value(series("last_success_timestamp_seconds"));
  EXPECT_NE(success, "");
  spoilBackups();
  EXPECT_EQ(push("run", url).exit_code, 3);
  EXPECT_EQ(gateway.value(series("last_attempt_exit_code")), "3");
  EXPECT_EQ(gateway.value(series("last_success_timestamp_seconds")), success);
  EXPECT_EQ(gateway.value(series("pruned_total")), "0");
  EXPECT_EQ(gateway.value(series("backups", ",verdict=\"unclean\"")), "1");
}

TEST_F(ProgramPushgatewayTest, KeepsTheLastVerifiedDrillOverAFailedOne) {
  look([&] {
    world_.add(sim::aBackup("backup-20250101-020000").ours());
    return 0;
  });
  const RealPushgateway gateway(folder_);
  const std::string url = "http://" + gateway.address();
  const End good = push("verify", url, {"--restore"});
  ASSERT_EQ(good.exit_code, 0) << good.err;
  const std::string success = gateway.value(series("last_drill_success_timestamp_seconds"));
  EXPECT_NE(success, "");
  EXPECT_EQ(gateway.value(series("last_drill_timestamp_seconds")), success);
  look([&] {
    world_.faults().restored_system_id = "1";
    return 0;
  });
  EXPECT_EQ(push("verify", url, {"--restore"}).exit_code, 3);
  EXPECT_EQ(gateway.value(series("last_drill_exit_code")), "3");
  EXPECT_EQ(gateway.value(series("last_drill_success_timestamp_seconds")), success);
  EXPECT_EQ(gateway.value(series("last_attempt_exit_code")), "");
}

TEST_F(ProgramPushgatewayTest, ShowsTheTypesAndKeepsToPrometheusConventions) {
  if (!std::filesystem::exists(kPromtool)) GTEST_SKIP() << "Debian's prometheus is not installed";
  const RealPushgateway gateway(folder_);
  const std::string file = folder_.path("noobaa.prom");
  const std::string url = "http://" + gateway.address();
  ASSERT_EQ(push("run", url, {"--metrics-file", file}).exit_code, 0);
  ASSERT_EQ(push("verify", url, {"--restore", "--metrics-file", file}).exit_code, 0);
  const std::string shown = gateway.metrics("noobaa_db_backup_");
  EXPECT_THAT(shown,
              AllOf(HasSubstr("# TYPE noobaa_db_backup_backups gauge\n"),
                    HasSubstr("# TYPE noobaa_db_backup_pruned_total untyped\n"),
                    HasSubstr("# TYPE noobaa_db_backup_drill_duration_seconds gauge\n"),
                    HasSubstr("# HELP noobaa_db_backup_last_drill_exit_code Exit code of ")));
  EXPECT_EQ(lintOf(shown), "");
  const std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  EXPECT_THAT(text.str(), HasSubstr("noobaa_db_backup_last_drill_exit_code{"));
  EXPECT_EQ(lintOf(text.str()), "");
  EXPECT_THAT(lintOf("a_counter_total{} 1 x\n"), Not(IsEmpty()));
}

TEST_F(ProgramPushgatewayTest, TakesMetricsOfWhomItKnowsAlone) {
  const RealPushgateway gateway(folder_, "somebody");
  const End known = push("run", "http://somebody:recognizable@" + gateway.address());
  EXPECT_EQ(known.exit_code, 0) << known.err;
  EXPECT_EQ(warningsOf(known), "[]");
  EXPECT_EQ(gateway.value(series("last_attempt_exit_code")), "0");
  for (const std::string user : {"", "somebody:wrong@"}) {
    const End end = push("sync", "http://" + user + gateway.address());
    EXPECT_EQ(end.exit_code, 0) << end.err;
    EXPECT_THAT(warningsOf(end), HasSubstr("401 Unauthorized"));
  }
}

TEST_F(ProgramPushgatewayTest, BehindAnotherPathIsAWarning) {
  const RealPushgateway gateway(folder_);
  const End end = push("sync", "http://" + gateway.address() + "/elsewhere");
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(warningsOf(end), HasSubstr("404"));
  EXPECT_THAT(gateway.metrics("noobaa_db_backup_"), IsEmpty());
}

}  // namespace
}  // namespace job
