#include <sys/stat.h>

#include <csignal>
#include <fstream>

#include "common/time/rfc3339.h"
#include "tests/integration/program_fixture.h"
#include "tests/support/fake_pushgateway.h"

namespace job {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing_support::FakePushgateway;

class ProgramMetricsTest : public ServedProgramTest {
 protected:
  std::string path() const {
    return "/metrics/job/noobaa-db-backup/namespace/" + nameSpace() + "/cluster/" +
           world_.shape().clusterName();
  }
  std::string pushed(const std::string& metric) const {
    return gateway_.value(path(), "noobaa_db_backup_" + metric);
  }
  End runAndPush(const Arguments& more = {}) {
    Arguments arguments{"run", "-o", "json", "--pushgateway", "http://" + gateway_.address()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  /// A pass that is done at once.
  void leaveNothingToDo() {
    look([&] {
      world_.editNoobaa(
          [](json::Value& noobaa) { noobaa["spec"]["dbSpec"].object()->erase("dbBackup"); });
      return 0;
    });
  }
  std::string file() const { return folder_.path("noobaa.prom"); }
  std::string fileText() const {
    const std::ifstream stream(file());
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
  }
  /// The value of a metric of this cluster in the file.
  std::string written(const std::string& metric) const {
    const std::string start = "noobaa_db_backup_" + metric + "{namespace=\"" + nameSpace() +
                              "\",cluster=\"" + world_.shape().clusterName() + "\"} ";
    for (const std::string& line : linesOf(fileText())) {
      if (line.starts_with(start)) return line.substr(start.size());
    }
    return "";
  }
  void spoilBackups() {
    look([&] {
      world_.faults().controldata_state = "in production";
      return 0;
    });
  }
  static std::string warningsOf(const End& end) {
    std::string all;
    json::Value result = lastObject(end.out);
    for (const json::Value& warning : *result["warnings"].array()) all += *warning.string() + "\n";
    return all;
  }
  static std::string secondsOf(json::Value time) {
    const auto instant = timing::parseRfc3339(*time.string());
    return std::to_string(
        std::chrono::floor<std::chrono::seconds>(*instant).time_since_epoch().count());
  }

  FakePushgateway gateway_;
};

TEST_F(ProgramMetricsTest, OfAGoodPassArePushed) {
  const End end = runAndPush();
  ASSERT_EQ(end.exit_code, 0) << end.err;
  json::Value result = lastObject(end.out);
  EXPECT_THAT(gateway_.requests(), ElementsAre("POST " + path()));
  EXPECT_EQ(pushed("last_success_timestamp_seconds"), secondsOf(result["lastBackupTime"]));
  EXPECT_EQ(pushed("next_run_timestamp_seconds"), secondsOf(result["nextBackupTime"]));
  const auto backed_up = timing::parseRfc3339(*result["lastBackupTime"].string());
  const auto overdue = std::stoll(pushed("overdue_timestamp_seconds"));
  const auto ended = std::chrono::floor<std::chrono::seconds>(*backed_up).time_since_epoch();
  EXPECT_GT(overdue - ended.count(), 24 * 3600);
  EXPECT_LE(overdue - ended.count(), 48 * 3600);
  EXPECT_EQ(pushed("last_attempt_exit_code"), "0");
  EXPECT_EQ(pushed("backups{verdict=\"certified\"}"), "1");
  EXPECT_EQ(pushed("backups{verdict=\"failed\"}"), "0");
  EXPECT_EQ(pushed("backups_held"), "0");
  EXPECT_EQ(pushed("pruned_total"), "0");
  EXPECT_EQ(pushed("prune_failures"), "0");
  EXPECT_GT(std::stod(pushed("duration_seconds")), 0);
  EXPECT_GT(std::stod(pushed("fence_seconds")), 0);
  EXPECT_LT(std::stod(pushed("fence_seconds")), std::stod(pushed("duration_seconds")));
  EXPECT_THAT(warningsOf(end), IsEmpty());
}

TEST_F(ProgramMetricsTest, CountWhatIsLeftAfterPruning) {
  look([&] {
    world_.add(sim::aBackup("backup-20250101-020000").ours());
    world_.add(sim::aBackup("backup-20250102-020000").ours());
    world_.add(sim::aBackup("backup-20250103-020000").ours().held());
    return 0;
  });
  ASSERT_EQ(runAndPush({"--max-snapshots", "1"}).exit_code, 0);
  EXPECT_EQ(pushed("pruned_total"), "2");
  EXPECT_EQ(pushed("backups_held"), "1");
  EXPECT_EQ(pushed("backups{verdict=\"certified\"}"), "2");
}

TEST_F(ProgramMetricsTest, OfAFailedPassLeaveTheLastSuccess) {
  const Arguments to_file{"--metrics-file", file()};
  ASSERT_EQ(runAndPush(to_file).exit_code, 0);
  const std::string success = pushed("last_success_timestamp_seconds");
  ASSERT_NE(success, "");
  EXPECT_EQ(written("last_success_timestamp_seconds"), success);
  spoilBackups();
  ASSERT_EQ(runAndPush(to_file).exit_code, 3);
  EXPECT_EQ(pushed("last_success_timestamp_seconds"), success);
  EXPECT_EQ(written("last_success_timestamp_seconds"), success);
  EXPECT_EQ(pushed("last_attempt_exit_code"), "3");
  EXPECT_EQ(written("last_attempt_exit_code"), "3");
  EXPECT_EQ(pushed("backups{verdict=\"unclean\"}"), "1");
}

TEST_F(ProgramMetricsTest, AreForAnybodyToReadInAFileWithoutLeavings) {
  leaveNothingToDo();
  ASSERT_EQ(run({"run", "--metrics-file", file()}).exit_code, 0);
  struct stat status {};
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0644U);
  std::vector<std::string> beside;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path(""))) {
    if (entry.path().filename().string().starts_with("noobaa.prom")) beside.push_back(entry.path());
  }
  EXPECT_THAT(beside, ElementsAre(file()));
}

TEST_F(ProgramMetricsTest, ThatCannotBeWrittenAreAWarning) {
  leaveNothingToDo();
  const std::string missing = folder_.path("missing/noobaa.prom");
  const End end = run({"run", "-o", "json", "--metrics-file", missing});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_THAT(warningsOf(end), AllOf(HasSubstr(missing), HasSubstr("No such file or directory")));
}

TEST_F(ProgramMetricsTest, LeaveAFileAloneThatTheyCannotRead) {
  leaveNothingToDo();
  const std::size_t too_large = (std::size_t{4} << 20) + 1;
  folder_.put("noobaa.prom", std::string(too_large, '\n'));
  const End end = run({"run", "-o", "json", "--metrics-file", file()});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_THAT(warningsOf(end), AllOf(HasSubstr(file()), HasSubstr("larger than 4 MiB")));
  EXPECT_EQ(std::filesystem::file_size(file()), too_large);
}

TEST_F(ProgramMetricsTest, ForAGatewayThatIsDownAreAWarningAndTheExitCodeStays) {
  leaveNothingToDo();
  std::string address;
  { address = FakePushgateway().address(); }
  const Arguments arguments{"run", "-o", "json", "--pushgateway", "http://" + address};
  const End good = run(arguments);
  EXPECT_EQ(good.exit_code, 0);
  EXPECT_THAT(warningsOf(good), AllOf(HasSubstr("http://" + address), HasSubstr("refused")));
  EXPECT_THAT(good.err, HasSubstr("the metrics were not pushed"));
  environment_["NOOBAA_DB_BACKUP_SYSTEM"] = "absent";
  EXPECT_EQ(run(arguments).exit_code, 78);
}

TEST_F(ProgramMetricsTest, ThatTheGatewayRefusesAreAWarningInItsWords) {
  leaveNothingToDo();
  gateway_.refuse({400, "pushed metrics are invalid:\n* one\n* two\n" + std::string(1000, 'x')});
  const End end = runAndPush();
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_THAT(warningsOf(end),
              AllOf(HasSubstr("it answered 400 Bad Request: pushed metrics are invalid: * one * "
                              "two xxx"),
                    Not(HasSubstr(std::string(300, 'x')))));
}

TEST_F(ProgramMetricsTest, AreGivenUpWhenTheGatewayNeverAnswers) {
  leaveNothingToDo();
  gateway_.holdAnswers();
  const End end = runAndPush();
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_THAT(warningsOf(end), HasSubstr("no answer in time"));
}

TEST_F(ProgramMetricsTest, AreCutOffByASigtermAndTheExitCodeStays) {
  leaveNothingToDo();
  gateway_.holdAnswers();
  const auto program =
      start({"run", "-o", "json", "--pushgateway", "http://" + gateway_.address()});
  ASSERT_TRUE(gateway_.holdsOne());
  program->signal(SIGTERM);
  const End end = program->wait();
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(warningsOf(end), HasSubstr("stopped while waiting for the answer"));
}

TEST_F(ProgramMetricsTest, OfAnInterruptedPassArePushedStill) {
  look([&] {
    world_.faults().stays_finalizing = true;
    return 0;
  });
  const auto program =
      start({"run", "-o", "json", "--pushgateway", "http://" + gateway_.address()});
  ASSERT_TRUE(comesTrue([&] { return !world_.backupNames().empty(); }));
  program->signal(SIGTERM);
  EXPECT_EQ(program->wait().exit_code, 143);
  EXPECT_EQ(pushed("last_attempt_exit_code"), "143");
  EXPECT_EQ(pushed("last_success_timestamp_seconds"), "");
}

TEST_F(ProgramMetricsTest, AreSentWithCredentialsThatAreNeverPrinted) {
  leaveNothingToDo();
  const std::string url = "http://somebody:recognizable@" + gateway_.address();
  const Arguments arguments{"run", "-o", "json", "--log-level", "debug", "--pushgateway", url};
  const End taken = run(arguments);
  EXPECT_EQ(taken.exit_code, 0);
  EXPECT_THAT(gateway_.authorizations(), ElementsAre("Basic c29tZWJvZHk6cmVjb2duaXphYmxl"));
  gateway_.refuse({401, "recognizable and c29tZWJvZHk6cmVjb2duaXphYmxl are wrong"});
  const End refused = run(arguments);
  EXPECT_EQ(refused.exit_code, 0);
  EXPECT_THAT(warningsOf(refused), HasSubstr("401 Unauthorized"));
  gateway_.refuse({302, "", "http://somebody:recognizable@elsewhere/"});
  const End redirected = run(arguments);
  environment_["NOOBAA_DB_BACKUP_PUSHGATEWAY"] = "http://somebody:recognizable@host:port";
  const End unusable = run({"run"});
  EXPECT_EQ(unusable.exit_code, 2);
  for (const End& end : {taken, refused, redirected, unusable}) {
    EXPECT_THAT(end.out + end.err, AllOf(Not(HasSubstr("recognizable")), Not(HasSubstr("c29tZ"))));
  }
}

TEST_F(ProgramMetricsTest, DoNotFollowARedirect) {
  leaveNothingToDo();
  FakePushgateway elsewhere;
  gateway_.refuse({307, "", "http://" + elsewhere.address() + path()});
  const End end = runAndPush();
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_THAT(warningsOf(end), HasSubstr("307"));
  EXPECT_THAT(elsewhere.requests(), IsEmpty());
}

TEST_F(ProgramMetricsTest, GoPastAProxyOfTheEnvironment) {
  leaveNothingToDo();
  environment_["NO_PROXY"] = "127.0.0.1";  // for the API
  ASSERT_EQ(runAndPush().exit_code, 0);
  for (const char* variable : {"HTTP_PROXY", "http_proxy", "ALL_PROXY"}) {
    environment_[variable] = "http://127.0.0.1:1";
  }
  environment_.erase("NO_PROXY");
  ASSERT_EQ(runAndPush().exit_code, 0);
  EXPECT_THAT(gateway_.requests(), SizeIs(2));
}

TEST_F(ProgramMetricsTest, GoByHttpsToWhomTheSystemTrustsAndToNobodyElse) {
  leaveNothingToDo();
  const testing_support::TestCertificateAuthority authority;
  FakePushgateway encrypted(issueForLoopback(authority));
  const Arguments arguments{"run", "-o", "json", "--pushgateway",
                            "https://user:password@" + encrypted.address()};
  const End untrusted = run(arguments);
  EXPECT_EQ(untrusted.exit_code, 0);
  EXPECT_THAT(warningsOf(untrusted), HasSubstr("the server's certificate is refused"));
  EXPECT_THAT(encrypted.requests(), IsEmpty());
  environment_["SSL_CERT_FILE"] = folder_.put("authorities.pem", authority.pem());
  const End trusted = run(arguments);
  EXPECT_EQ(trusted.exit_code, 0);
  EXPECT_THAT(warningsOf(trusted), IsEmpty());
  EXPECT_EQ(encrypted.value(path(), "noobaa_db_backup_last_attempt_exit_code"), "0");
}

TEST_F(ProgramMetricsTest, OfASyncLeaveTheLastPassAlone) {
  const Arguments places{"--pushgateway", "http://" + gateway_.address(), "--metrics-file", file()};
  environment_["NOOBAA_DB_BACKUP_SYSTEM"] = "absent";
  environment_["NOOBAA_DB_BACKUP_CLUSTER"] = world_.shape().clusterName();
  ASSERT_EQ(run({"run", places[0], places[1], places[2], places[3]}).exit_code, 78);
  environment_.erase("NOOBAA_DB_BACKUP_SYSTEM");
  look([&] {
    world_.add(sim::aBackup("backup-20250101-020000").ours());
    return 0;
  });
  ASSERT_EQ(run({"sync", places[0], places[1], places[2], places[3]}).exit_code, 0);
  EXPECT_EQ(pushed("backups{verdict=\"certified\"}"), "1");
  EXPECT_EQ(pushed("last_attempt_exit_code"), "78");
  EXPECT_EQ(written("last_attempt_exit_code"), "78");
  EXPECT_EQ(written("backups_held"), "0");
}

TEST_F(ProgramMetricsTest, OfASyncThatLearnsNothingAreNotPushed) {
  environment_["NOOBAA_DB_BACKUP_SYSTEM"] = "absent";
  ASSERT_EQ(run({"sync", "--pushgateway", "http://" + gateway_.address()}).exit_code, 78);
  EXPECT_THAT(gateway_.requests(), IsEmpty());
}

TEST_F(ProgramMetricsTest, OfADrillLeaveThePassesAloneAndAFailedOneTheLastThatVerified) {
  const Arguments places{"--pushgateway", "http://" + gateway_.address(), "--metrics-file", file()};
  const auto drill = [&] {
    return run({"verify", "--restore", places[0], places[1], places[2], places[3]});
  };
  ASSERT_EQ(runAndPush({places[2], places[3]}).exit_code, 0);
  const std::string attempt = pushed("last_attempt_timestamp_seconds");
  ASSERT_EQ(drill().exit_code, 0);
  const std::string success = pushed("last_drill_success_timestamp_seconds");
  EXPECT_NE(success, "");
  EXPECT_EQ(pushed("last_drill_exit_code"), "0");
  EXPECT_GT(std::stod(pushed("drill_duration_seconds")), 0);
  look([&] {
    world_.faults().restored_system_id = "1";
    return 0;
  });
  ASSERT_EQ(drill().exit_code, 3);
  EXPECT_EQ(pushed("last_drill_exit_code"), "3");
  EXPECT_EQ(written("last_drill_exit_code"), "3");
  EXPECT_EQ(pushed("last_drill_success_timestamp_seconds"), success);
  EXPECT_EQ(written("last_drill_success_timestamp_seconds"), success);
  EXPECT_EQ(pushed("last_attempt_timestamp_seconds"), attempt);
}

TEST_F(ProgramMetricsTest, OfADrillWithoutAClusterTellOfIt) {
  environment_["KUBECONFIG"] = folder_.put("broken", "nonsense");
  const End end = run({"verify", "--restore", "-o", "json", "-n", nameSpace(), "--pushgateway",
                       "http://" + gateway_.address()});
  ASSERT_EQ(end.exit_code, 78);
  EXPECT_EQ(pushed("last_drill_exit_code"), "78");
  EXPECT_EQ(pushed("last_drill_success_timestamp_seconds"), "");
}

TEST_F(ProgramMetricsTest, OfADrillThatCannotBePushedAreAWarningInItsObject) {
  gateway_.refuse({400, "no"});
  const End end =
      run({"verify", "--restore", "-o", "json", "--pushgateway", "http://" + gateway_.address()});
  EXPECT_EQ(end.exit_code, 3) << end.err;  // there is no backup
  EXPECT_THAT(warningsOf(end), HasSubstr("400 Bad Request"));
  EXPECT_EQ(complaints("drill", end.out), "");
}

TEST_F(ProgramMetricsTest, OfADrillOfABackupThatSomebodyMistypedAreNone) {
  ASSERT_EQ(run({"verify", "--restore", "no-such-backup", "--pushgateway",
                 "http://" + gateway_.address()})
                .exit_code,
            78);
  EXPECT_THAT(gateway_.requests(), IsEmpty());
}

TEST_F(ProgramMetricsTest, OfADrillGoWhereTheEnvironmentSays) {
  environment_["NOOBAA_DB_BACKUP_PUSHGATEWAY"] = "http://" + gateway_.address();
  environment_["NOOBAA_DB_BACKUP_METRICS_FILE"] = file();
  environment_["NOOBAA_DB_BACKUP_RESTORE"] = "true";
  ASSERT_EQ(run({"verify"}).exit_code, 3);  // there is no backup
  EXPECT_EQ(pushed("last_drill_exit_code"), "3");
  EXPECT_EQ(written("last_drill_exit_code"), "3");
}

TEST_F(ProgramMetricsTest, OfADryDrillAreNone) {
  look([&] {
    world_.add(sim::aBackup("backup-20250101-020000").ours());
    return 0;
  });
  ASSERT_EQ(run({"verify", "--restore", "--dry-run", "--pushgateway",
                 "http://" + gateway_.address(), "--metrics-file", file()})
                .exit_code,
            0);
  EXPECT_THAT(gateway_.requests(), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(ProgramMetricsTest, OfADryRunAreNone) {
  ASSERT_EQ(runAndPush({"--dry-run", "--metrics-file", file()}).exit_code, 0);
  EXPECT_THAT(gateway_.requests(), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(ProgramMetricsTest, OfAPassWithoutAClusterTellOfTheAttempt) {
  environment_["KUBECONFIG"] = folder_.put("broken", "nonsense");
  ASSERT_EQ(runAndPush({"-n", nameSpace()}).exit_code, 78);
  EXPECT_EQ(pushed("last_attempt_exit_code"), "78");
}

}  // namespace
}  // namespace job
