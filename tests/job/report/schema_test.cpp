#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/json/write.h"
#include "job/report/drill_report.h"
#include "job/report/pass_result.h"
#include "job/report/status_report.h"
#include "tests/job/report/status_world.h"
#include "tests/support/json_schema.h"

namespace job {
namespace {

using testing::HasSubstr;

/// What docs/*.schema.json say, against what is printed.
class SchemaTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!testing_support::canValidate(folder_)) {
      GTEST_SKIP() << "Debian's python3-jsonschema is not installed";
    }
  }
  std::string complaints(const std::string& schema, const json::Value& object) {
    return testing_support::complaints(folder_, schema, json::write(object));
  }

 private:
  testing_support::ScratchFolder folder_;
};

TEST_F(SchemaTest, HoldsForEveryStatus) {
  StatusWorld world;
  EXPECT_EQ(complaints("status", toJson(world.report())), "");
  world.good("backup-20250113-020000", "2025-01-13T02:01:00Z");
  world.good("held", "2025-01-12T02:01:00Z").last().backup->held = true;
  world.good("gone", "2025-01-11T02:01:00Z").last().backup.reset();
  world.good("odd", "2025-01-10T02:01:00Z");
  world.last().members.push_back(world.last().members.front());
  world.last().members.back().role.reset();
  world.last().members.back().restore_size.clear();
  world.failed("backup-20250114-020000", "2025-01-14T02:00:00Z").last().members.clear();
  for (const Verdict verdict : {Verdict::kUncertified, Verdict::kUnclean, Verdict::kIncomplete,
                                Verdict::kPending, Verdict::kTerminating}) {
    world.add(std::string(toString(verdict)), verdict, Timestamp::of(at("2025-01-09T00:00:00Z")));
  }
  StatusReport report = world.report();
  report.warnings = {"the Cluster does not exist"};
  EXPECT_EQ(complaints("status", toJson(report)), "");
  world.policy.reset();
  EXPECT_EQ(complaints("status", toJson(world.report())), "");
}

TEST_F(SchemaTest, HoldsForEveryResult) {
  PassResult result;
  result.command = "run";
  result.cluster = "noobaa-db-pg-cluster";
  EXPECT_EQ(complaints("result", toJson(result)), "");
  for (const auto& [code, meaning] : kExitCodes) {
    if (code == ExitCode::kUsage) continue;  // prints no object
    result.exit_code = code;
    result.reason = meaning;
    EXPECT_EQ(complaints("result", toJson(result)), "");
  }
  result.exit_code = ExitCode::kDone;
  result.said = PassOutcome::kNothingToDo;
  result.backup = "backup-20250115-020000";
  result.verdict = Verdict::kCertified;
  result.snapshots = result.pruned = result.held = result.failed_to_prune = {"a"};
  result.last_backup_time = result.next_backup_time = "2025-01-15T02:01:00Z";
  result.duration = std::chrono::milliseconds(1500);
  EXPECT_EQ(complaints("result", toJson(result)), "");
}

TEST_F(SchemaTest, HoldsForEveryDrill) {
  using Result = DrillComparison::Result;
  DrillReport report;
  report.cluster = "noobaa-db-pg-cluster";
  for (const auto& [code, meaning] : kExitCodes) {
    // Prints no object; and a drill finds nothing in doubt that a recovery does.
    if (code == ExitCode::kUsage || code == ExitCode::kRecoveryFailed) continue;
    report.exit_code = code;
    report.reason = code == ExitCode::kDone ? "" : meaning;
    EXPECT_EQ(complaints("drill", toJson(report)), "");
  }
  report.exit_code = ExitCode::kDone;
  report.reason.clear();
  report.backup = "backup-20250115-020000";
  report.drill = "noobaa-db-pg-cluster-drill";
  const ControlData control{.system_identifier = "7460", .checkpoint = std::nullopt};
  for (const std::optional<ControlData>& restored :
       {std::optional(control), std::optional<ControlData>()}) {
    report.comparisons = compareWithBackup(control, "7461", restored);
    EXPECT_EQ(complaints("drill", toJson(report)), "");
  }
  report.comparisons[0].result = Result::kMatches;
  report.answered_after = report.duration = std::chrono::milliseconds(1500);
  report.left = report.warnings = {"Cluster noobaa-db-pg-cluster-drill"};
  EXPECT_EQ(complaints("drill", toJson(report)), "");
}

TEST_F(SchemaTest, KnowsEveryKeyAndNoOther) {
  json::Value object = toJson(StatusWorld().report());
  object["more"] = 1;
  EXPECT_THAT(complaints("status", object), HasSubstr("'more' was unexpected"));
  object.object()->erase("more");
  object.object()->erase("overdue");
  EXPECT_THAT(complaints("status", object), HasSubstr("'overdue' is a required property"));
  object = toJson(DrillReport());
  object["more"] = 1;
  EXPECT_THAT(complaints("drill", object), HasSubstr("'more' was unexpected"));
  object.object()->erase("more");
  object.object()->erase("left");
  EXPECT_THAT(complaints("drill", object), HasSubstr("'left' is a required property"));
}

TEST_F(SchemaTest, AFailureHasAReason) {
  PassResult result;
  result.command = "run";
  result.exit_code = ExitCode::kForbidden;
  EXPECT_THAT(complaints("result", toJson(result)), HasSubstr("reason"));
}

}  // namespace
}  // namespace job
