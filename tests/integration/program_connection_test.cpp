#include <sys/stat.h>

#include <filesystem>

#include "tests/integration/program_fixture.h"
#include "tests/support/broken_kubeconfigs.h"
#include "tests/support/test_certificates.h"

namespace job {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class ProgramConnectionTest : public ServedProgramTest {
 protected:
  /// The reason that the pass gives; its code is the process's.
  std::string reasonOf(const End& end, int exit_code) {
    EXPECT_EQ(end.exit_code, exit_code) << end.err;
    json::Value result = lastObject(end.out);
    EXPECT_EQ(result["exitCode"], json::Value(exit_code));
    EXPECT_EQ(result["outcome"], json::Value("failed"));
    const std::string* reason = result["reason"].string();
    return reason == nullptr ? "" : *reason;
  }
  void useKubeconfig(const std::string& text) {
    environment_["KUBECONFIG"] = folder_.put("other", text);
  }
};

TEST_F(ProgramConnectionTest, AnApiThatIsNotThereIs75) {
  // Port 1 is nobody's.
  useKubeconfig(kubeconfigWith(server_.url(), "https://127.0.0.1:1"));
  EXPECT_THAT(reasonOf(run({"-o", "json", "--request-timeout", "2s"}), 75),
              HasSubstr("127.0.0.1:1"));
}

TEST_F(ProgramConnectionTest, AKubeconfigThatCannotBeReadIs78) {
  useKubeconfig("clusters: [");
  EXPECT_THAT(reasonOf(run({"-o", "json"}), 78), HasSubstr(environment_["KUBECONFIG"]));
  useKubeconfig(kubeconfigWith("current-context: simulated", "current-context: another"));
  EXPECT_THAT(reasonOf(run({"-o", "json"}), 78), HasSubstr("another"));
  EXPECT_THAT(reasonOf(run({"-o", "json", "--kubeconfig", "/no/such/file"}), 78),
              HasSubstr("/no/such/file"));
}

/// Runs the program without a cluster, as it needs none to see that it can't reach one.
class ProgramKubeconfigTest : public ProgramTest {
 protected:
  /// The only line that it prints, to stderr.
  std::string refusalOf(const Arguments& arguments) {
    const End end = run(arguments);
    EXPECT_EQ(end.exit_code, 78);
    EXPECT_THAT(end.out, IsEmpty());
    EXPECT_THAT(linesOf(end.err), ElementsAre(testing::StartsWith("noobaa-db-backup: ")));
    return end.err;
  }
};

class BrokenKubeconfigTest : public ProgramKubeconfigTest,
                             public testing::WithParamInterface<testing_support::BrokenKubeconfig> {
};

TEST_P(BrokenKubeconfigTest, Is78AndNamedWithoutTheSecret) {
  const auto row = testing_support::placedIn(folder_.path("k"), GetParam());
  std::filesystem::create_directory(folder_.path("k"));
  for (const auto& [name, text] : row.files) folder_.put("k/" + name, text);
  environment_.insert(row.environment.begin(), row.environment.end());
  for (const std::string& file : row.list) environment_["KUBECONFIG"] += file + ":";
  if (row.list.empty()) {
    environment_["NOOBAA_DB_BACKUP_KUBECONFIG"] = folder_.path("k/config");
  }
  environment_["NOOBAA_DB_BACKUP_CONTEXT"] = row.context;
  const std::string refusal = refusalOf({"db-backup-status"});
  for (const std::string& part : row.says) EXPECT_THAT(refusal, HasSubstr(part));
  for (const std::string& secret : testing_support::secretsOfBrokenKubeconfigs()) {
    EXPECT_THAT(refusal, Not(HasSubstr(secret)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, BrokenKubeconfigTest,
    testing::ValuesIn(testing_support::brokenKubeconfigs(NDB_TEST_DATA "/broken_kubeconfigs.yaml")),
    [](const auto& row) { return row.param.name; });

TEST_F(ProgramKubeconfigTest, AKubeconfigThatIsNoPlainFileIs78) {
  EXPECT_THAT(refusalOf({"db-backup-status", "--kubeconfig", folder_.path("")}),
              HasSubstr(folder_.path("") + " can't be read: Is a directory"));
  const std::string pipe = folder_.path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(refusalOf({"db-backup-status", "--kubeconfig", pipe}),
              HasSubstr(pipe + " can't be read: it is no regular file"));
  const std::string large = folder_.put("large", std::string(std::size_t{10} << 20, '#'));
  EXPECT_THAT(refusalOf({"db-backup-status", "--kubeconfig", large}),
              HasSubstr(large + " can't be read: it is larger than 4 MiB"));
}

TEST_F(ProgramConnectionTest, AServerOfAnotherAuthorityIs78) {
  const testing_support::TestCertificateAuthority stranger("a stranger");
  std::string text = server_.kubeconfig(nameSpace());
  const auto from = text.find("certificate-authority-data:");
  text.replace(from, text.find('\n', from) - from,
               "certificate-authority: " + folder_.put("ca.pem", stranger.pem()));
  useKubeconfig(text);
  EXPECT_THAT(reasonOf(run({"-o", "json"}), 78), HasSubstr("certificate"));
  EXPECT_EQ(server_.requests(), 0);
}

TEST_F(ProgramConnectionTest, AWrongTokenIs77) {
  actAs("nobody's");
  EXPECT_THAT(reasonOf(run({"-o", "json"}), 77), HasSubstr("401"));
}

TEST_F(ProgramConnectionTest, ARightThatIsMissingIs77AndNamed) {
  look([&] {
    world_.server().forbid("guest", "*", "noobaas.noobaa.io");
    return 0;
  });
  actAs(sim::LoopbackServer::tokenOf("guest"));
  EXPECT_THAT(
      reasonOf(run({"-o", "json"}), 77),
      AllOf(HasSubstr("get"), HasSubstr("noobaas"), HasSubstr("namespace"), HasSubstr("noobaa")));
  EXPECT_THAT(look([&] { return world_.backupNames(); }), IsEmpty());
}

TEST_F(ProgramConnectionTest, AMissingDefinitionIs78) {
  sim::Timeline timeline;
  sim::ApiServer bare(clock_);
  const sim::LoopbackServer server(bare, timeline, clock_);
  useKubeconfig(server.kubeconfig("noobaa"));
  EXPECT_THAT(reasonOf(run({"-o", "json"}), 78), HasSubstr("noobaa"));
}

TEST_F(ProgramConnectionTest, OtherCommandsSayInOneLineWhatIsWrong) {
  actAs("nobody's");
  const End end = run({"db-backup-status"});
  EXPECT_EQ(end.exit_code, 77);
  EXPECT_THAT(end.out, IsEmpty());
  EXPECT_THAT(linesOf(end.err), ElementsAre(testing::StartsWith("noobaa-db-backup: ")));
}

TEST_F(ProgramConnectionTest, AListOfKubeconfigsIsReadAsOne) {
  const std::string whole = server_.kubeconfig(nameSpace());
  const auto contexts = whole.find("contexts:");
  const auto users = whole.find("users:");
  const std::string head = "apiVersion: v1\nkind: Config\n";
  const std::string who = folder_.put("who", head + whole.substr(users));
  const std::string what = folder_.put(
      "what", head + "current-context: simulated\n" + whole.substr(contexts, users - contexts));
  const std::string where = folder_.put("where", whole.substr(0, contexts));
  environment_["KUBECONFIG"] = folder_.path("absent") + ":" + what + "::" + where + ":" + who;
  const End end = run({"schedule", "--count", "1"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(linesOf(end.out), SizeIs(1));
}

TEST_F(ProgramConnectionTest, TheFlagBeatsTheVariable) {
  const std::string good = environment_["KUBECONFIG"];
  useKubeconfig("clusters: [");
  EXPECT_EQ(run({"schedule", "--kubeconfig", good}).exit_code, 0);
  environment_["NOOBAA_DB_BACKUP_KUBECONFIG"] = good;
  EXPECT_EQ(run({"schedule"}).exit_code, 0);
}

}  // namespace
}  // namespace job
