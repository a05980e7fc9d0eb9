#include "tests/integration/program_fixture.h"
#include "tests/support/test_certificates.h"

namespace job {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
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
