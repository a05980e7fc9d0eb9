#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/json/write.h"
#include "job/report/pass_result.h"
#include "job/report/status_report.h"
#include "tests/job/report/status_world.h"
#include "tests/support/child_process.h"

namespace job {
namespace {

using testing::HasSubstr;

/// What docs/*.schema.json say, against what is printed.
class SchemaTest : public testing::Test {
 protected:
  void SetUp() override {
    if (python({"-c", "import jsonschema"}).exit_code != 0) {
      GTEST_SKIP() << "Debian's python3-jsonschema is not installed";
    }
  }

  /// The complaints; empty: it is valid.
  std::string complaints(const std::string& schema, const json::Value& object) {
    const auto end = python({"-c",
                             "import json, sys, jsonschema\n"
                             "schema = json.load(open(sys.argv[1]))\n"
                             "jsonschema.Draft202012Validator.check_schema(schema)\n"
                             "validator = jsonschema.Draft202012Validator(schema)\n"
                             "for error in validator.iter_errors(json.load(open(sys.argv[2]))):\n"
                             "  print(error.json_path, error.message)\n",
                             NDB_TEST_DATA "/../../docs/" + schema + ".schema.json",
                             folder_.put("object.json", json::write(object))});
    EXPECT_EQ(end.err, "");
    return end.out;
  }

 private:
  testing_support::ChildProcess::End python(const std::vector<std::string>& arguments) {
    return testing_support::ChildProcess(folder_, "/usr/bin/python3", arguments, {}).wait();
  }

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

TEST_F(SchemaTest, KnowsEveryKeyAndNoOther) {
  json::Value object = toJson(StatusWorld().report());
  object["more"] = 1;
  EXPECT_THAT(complaints("status", object), HasSubstr("'more' was unexpected"));
  object.object()->erase("more");
  object.object()->erase("overdue");
  EXPECT_THAT(complaints("status", object), HasSubstr("'overdue' is a required property"));
}

TEST_F(SchemaTest, AFailureHasAReason) {
  PassResult result;
  result.command = "run";
  result.exit_code = ExitCode::kForbidden;
  EXPECT_THAT(complaints("result", toJson(result)), HasSubstr("reason"));
}

}  // namespace
}  // namespace job
