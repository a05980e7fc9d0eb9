#include <sys/stat.h>

#include <cctype>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "common/json/write.h"
#include "common/k8s/connection/base64.h"
#include "job/model/names.h"
#include "job/program/program.h"
#include "tests/integration/program_fixture.h"
#include "tests/sim/status_error.h"
#include "tests/support/fake_pushgateway.h"
#include "tests/support/test_certificates.h"

namespace job {
namespace {

using sim::ApiServer;
using testing::AnyOf;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing_support::FakePushgateway;

std::string percentEncoded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    char encoded[4] = {};
    std::snprintf(encoded, sizeof encoded, "%%%02X", static_cast<unsigned char>(c));
    out += std::isalnum(static_cast<unsigned char>(c)) != 0 ? std::string(1, c) : encoded;
  }
  return out;
}

/// The program as main runs it, at debug level, with a secret in everything that can hold one. What
/// it tells anybody is collected: stdout, stderr with the log, the termination message, the
/// metrics, each object that it writes, Events among them, and the history as the cluster keeps it.
class SecretsTest : public ServedProgramTest {
 protected:
  SecretsTest() {
    server_.onRequest([this](const ApiServer::Request& asked) { told_ += asked.body + "\n"; });
    folder_.put("termination", "");
    environment_["PATH"] = "/usr/bin:/bin";
  }

  /// A text that must not be told. Blank lines in it are passed over.
  std::string secret(const std::string& text) {
    secrets_.push_back(text);
    return text;
  }
  /// The token that admin has from now on.
  std::string aToken(const std::string& text) {
    server_.accept(text, "admin");
    return secret(text);
  }
  void useKubeconfig(const std::string& text) {
    environment_["KUBECONFIG"] = folder_.put("config", text);
  }
  /// The simulated cluster's, with `user` in place of the token.
  void useUser(const std::string& user) {
    useKubeconfig(kubeconfigWith("    token: " + server_.token() + "\n", user));
  }
  void useToken(const std::string& token) { useUser("    token: \"" + token + "\"\n"); }

  /// With the result as JSON, if it has one.
  int tell(Arguments arguments) {
    arguments.insert(arguments.end(), {"-o", "json"});
    return tellOnce(std::move(arguments));
  }
  int tellOnce(Arguments arguments) {
    const bool is_connected = arguments.empty() || arguments[0] != "schedule";
    if (is_connected) arguments.insert(arguments.end(), {"--log-level", "debug"});
    std::ostringstream out;
    std::ostringstream err;
    ProgramWorld world{.arguments = arguments,
                       .environment = environment_,
                       .out = out,
                       .err = err,
                       .stop = {},
                       .termination_log = folder_.path("termination")};
    testing::internal::CaptureStderr();
    const int exit_code = runProgram(world);
    const std::string log = testing::internal::GetCapturedStderr();
    last_ = out.str() + err.str() + log;
    server_.locked(
        [&] { told_ += last_ + content("termination") + content("metrics.prom") + keptHistory(); });
    return exit_code;
  }
  /// Under the server's lock.
  std::string keptHistory() {
    return json::write(world_.get(
        {{"", "v1", "configmaps", "ConfigMap"}, nameSpace(), std::string(kHistoryName)}));
  }
  std::string content(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_.path(name)).rdbuf();
    return text.str();
  }

  void expectNothingTold() {
    std::string told;
    server_.locked([&] { told = told_; });
    for (const std::string& secret : secrets_) {
      const std::string encoded = k8s::encodeBase64(secret).substr(0, secret.size() / 3 * 4);
      for (const std::string& form : {secret, encoded, percentEncoded(secret)}) {
        const auto at = told.find(form);
        EXPECT_EQ(at, std::string::npos)
            << form << " in: " << told.substr(at < 300 ? 0 : at - 300, 600);
      }
    }
  }
  std::string told() {
    std::string told;
    server_.locked([&] { told = told_; });
    return told;
  }

  /// Everything that a server could say, with what it was sent in it.
  static ApiServer::Response refusal(int status, const std::string& reason,
                                     const std::string& authorization) {
    const std::string words =
        "you sent " + authorization + " (" + k8s::encodeBase64(authorization.substr(7)) + ")";
    json::Value body(json::Object{{"kind", "Status"},
                                  {"apiVersion", "v1"},
                                  {"status", "Failure"},
                                  {"message", words},
                                  {"reason", reason},
                                  {"code", status}});
    body["details"] = json::Object{
        {"name", words},
        {"causes", json::Array{json::Object{{"field", words}, {"message", "because " + words}}}}};
    return {status, {{"Content-Type", "application/json"}}, json::write(body)};
  }
  static ApiServer::Response foreign(int status, const std::string& authorization) {
    return {status,
            {{"Content-Type", "text/html"}},
            "<html>" + std::string(2030, '.') + authorization.substr(7) + "</html>"};
  }

  std::string told_;  // under the server's lock
  std::string last_;  // of the last command
  std::vector<std::string> secrets_;
};

TEST_F(SecretsTest, AServerThatRepeatsTheTokenInItsWarningsGetsItIntoNothing) {
  useToken(aToken("tok-3nW4rn1ngs.AAAA/BBBB+CCCC=="));
  server_.onAnswer([](const auto&, const std::string& authorization, ApiServer::Response& answer) {
    answer.headers.emplace_back("Warning", "299 - \"you sent " + authorization + ", " +
                                               k8s::encodeBase64(authorization.substr(7)) + "\"");
  });
  environment_["NOOBAA_DB_BACKUP_METRICS_FILE"] = folder_.path("metrics.prom");
  EXPECT_EQ(tell({"run"}), 0) << last_;
  EXPECT_THAT(last_, HasSubstr("you sent Bearer [redacted], [redacted]"));
  EXPECT_EQ(tell({"db-backup-status"}), 0) << last_;
  EXPECT_EQ(tellOnce({"run", "--dry-run"}), 0) << last_;
  tell({"check"});
  tellOnce({"hold", world_.backupNames().front()});
  tellOnce({"bootstrap", "--initdb"});
  EXPECT_THAT(told(), HasSubstr("BackupCompleted"));
  expectNothingTold();
}

TEST_F(SecretsTest, AServerThatRepeatsTheTokenInARefusalGetsItIntoNothing) {
  useToken(aToken("tok-R3fus4l.AAAA/BBBB+CCCC"));
  const std::vector<std::pair<int, std::string>> refusals = {
      {400, "BadRequest"}, {401, "Unauthorized"}, {403, "Forbidden"},    {404, "NotFound"},
      {409, "Conflict"},   {422, "Invalid"},      {500, "InternalError"}};
  for (const bool is_status : {true, false}) {
    for (const auto& [status, reason] : refusals) {
      server_.onAnswer([is_status, status = status, reason = reason](
                           const auto&, const std::string& authorization, auto& answer) {
        answer =
            is_status ? refusal(status, reason, authorization) : foreign(status, authorization);
      });
      EXPECT_NE(tell({"run"}), 0) << last_;
      if (status == 500) continue;  // which is tried again and again
      EXPECT_NE(tellOnce({"run"}), 0) << last_;
      EXPECT_NE(tellOnce({"db-backup-status"}), 0) << last_;
      EXPECT_NE(tellOnce({"check"}), 0) << last_;
    }
  }
  EXPECT_THAT(told(), HasSubstr("you sent Bearer [redacted] ([redacted])"));
  expectNothingTold();
}

TEST_F(SecretsTest, AWriteThatIsRefusedLeavesNoneInTheEventThatTellsOfIt) {
  useToken(aToken("tok-Ev3nt.AAAABBBBCCCC"));
  server_.onAnswer([](const ApiServer::Request& asked, const std::string& authorization,
                      ApiServer::Response& answer) {
    if (asked.method == "POST" && asked.target.find("/backups") != std::string::npos) {
      answer = refusal(403, "Forbidden", authorization);
    }
  });
  EXPECT_EQ(tell({"run"}), 77) << last_;
  EXPECT_THAT(told(), AllOf(HasSubstr(R"("reason":"BackupFailed")"), HasSubstr("[redacted]"),
                            HasSubstr(R"(\"deletedLeftOut\":0)")))
      << "the Event, and the history";
  expectNothingTold();
}

TEST_F(SecretsTest, TheHistoryKeepsNoneThatARefusalRepeats) {
  useToken(aToken("tok-h1st0ry.AAAABBBBCCCC"));
  look([&] {
    for (const char* day : {"11", "12", "13", "14"}) {
      world_.add(sim::aBackup("backup-202501" + std::string(day) + "-020000").ours());
    }
    return 0;
  });
  server_.onAnswer([](const ApiServer::Request& asked, const std::string& authorization,
                      ApiServer::Response& answer) {
    if (asked.method == "DELETE" || asked.target.find("/status") != std::string::npos) {
      answer = refusal(403, "Forbidden", authorization);
    }
  });
  EXPECT_EQ(tell({"run", "--max-snapshots", "3"}), 4) << last_;
  const std::string kept = look([&] { return keptHistory(); });
  EXPECT_THAT(kept, AllOf(HasSubstr(R"(\"reason\":)"),
                          HasSubstr("you sent Bearer [redacted] ([redacted])")));
  expectNothingTold();
}

TEST_F(SecretsTest, NeitherATokenFileNorWhatReplacesItIsTold) {
  const std::string before = secret("tok-f1le-before.AAAABBBB");
  const std::string after = aToken("tok-f1le-after.CCCCDDDD");
  useUser("    tokenFile: " + folder_.put("token", before) + "\n");
  server_.onAnswer([&](const auto&, const std::string& authorization, ApiServer::Response& answer) {
    if (authorization.find(before) == std::string::npos) {
      // As a proxy that has kept the first request would.
      answer.headers.emplace_back("Warning", "299 - \"" + before + " and " + authorization + "\"");
      return;
    }
    answer = refusal(401, "Unauthorized", authorization);
    folder_.put("token", after);
  });
  EXPECT_EQ(tell({"run", "--dry-run"}), 0) << last_;
  EXPECT_THAT(told(), HasSubstr("[redacted] and Bearer [redacted]"));
  expectNothingTold();
}

TEST_F(SecretsTest, WhatACredentialPluginWritesIsNotTold) {
  const std::string token = aToken("tok-pl7gin.AAAABBBB");
  const std::string plugin = folder_.path("plugin");
  const auto use = [&](const std::string& script) {
    folder_.put("plugin", "#!/bin/sh\n" + script);
    ::chmod(plugin.c_str(), 0700);
    useUser(
        "    exec:\n      apiVersion: client.authentication.k8s.io/v1\n      command: " + plugin +
        "\n      interactiveMode: Never\n      args: [\"--secret=" + secret("pl7gin-argument") +
        "\"]\n      env:\n      - name: KEY\n        value: " + secret("pl7gin-variable") + "\n");
  };
  const std::string complaint = "echo \"debug: $KEY got " + secret("pl7gin-stderr") + "\" >&2\n";
  const auto reply = [](const std::string& status) {
    return R"(echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",)"
           R"("status":)" +
           status + "}'\n";
  };
  use(complaint + reply("{\"token\":\"" + token + "\"}"));
  EXPECT_EQ(tell({"db-backup-status"}), 0) << last_;
  use(complaint + "echo " + secret("pl7gin-no-json") + "\n");
  EXPECT_NE(tellOnce({"db-backup-status"}), 0) << last_;
  use(complaint + reply("{\"token\":[\"" + secret("pl7gin-wrong-type") + "\"]}"));
  EXPECT_NE(tellOnce({"db-backup-status"}), 0) << last_;
  use(complaint + reply("{\"token\":\"" + secret("pl7gin with blanks") + "\"}"));
  EXPECT_NE(tellOnce({"db-backup-status"}), 0) << last_;
  use(complaint +
      reply(R"({"clientCertificateData":"c","clientKeyData":")" + secret("pl7gin-key") + "\"}"));
  EXPECT_NE(tellOnce({"db-backup-status"}), 0) << last_;
  use(complaint + "echo " + secret("pl7gin-last-words") + "\nexit 3\n");
  EXPECT_NE(tellOnce({"db-backup-status", "--request-timeout", "1s"}), 0) << last_;
  EXPECT_THAT(last_, HasSubstr("exited with 3"));
  expectNothingTold();
}

TEST_F(SecretsTest, AClientKeyIsNotTold) {
  const testing_support::TestCertificateAuthority authority;
  const auto mine = authority.issue({.common_name = "me"});
  const auto another = authority.issue({.common_name = "you"});
  const auto encrypted =
      authority.issue({.key_format = testing_support::KeyFormat::kEncrypted}).key_pem;
  for (const std::string& pem : {mine.key_pem, another.key_pem, encrypted}) {
    for (const std::string& line : linesOf(pem)) {
      if (!line.starts_with("-")) secret(line);
    }
  }
  const std::string token = aToken("tok-b3side-a-key");
  const auto use = [&](const std::string& key_data) {
    useUser("    token: " + token + "\n    client-certificate-data: " +
            k8s::encodeBase64(mine.certificate_pem) + "\n    client-key-data: " + key_data + "\n");
  };
  use(k8s::encodeBase64(mine.key_pem));
  EXPECT_EQ(tell({"db-backup-status"}), 0) << last_;
  use(k8s::encodeBase64(another.key_pem));
  EXPECT_EQ(tell({"run"}), 78) << last_;
  use(k8s::encodeBase64(encrypted));
  EXPECT_EQ(tell({"run"}), 78) << last_;
  use(secret("n0-base64-at-all!"));
  EXPECT_EQ(tell({"run"}), 78) << last_;
  expectNothingTold();
}

TEST_F(SecretsTest, APasswordInTheKubeconfigIsNotTold) {
  useUser("    username: me\n    password: " + secret("b4sic-password") + "\n");
  EXPECT_EQ(tell({"run"}), 78) << last_;
  useKubeconfig(kubeconfigWith("https://", "https://me:" + secret("s3rver-password") + "@"));
  EXPECT_EQ(tell({"run"}), 78) << last_;
  useUser("    token: [" + secret("tok-1n-a-list") + "]\n");
  EXPECT_EQ(tell({"run"}), 78) << last_;
  useUser("    token: \"" + secret("tok with blanks") + "\"\n");
  EXPECT_EQ(tell({"run"}), 78) << last_;
  expectNothingTold();
}

TEST_F(SecretsTest, AServerThatIsNotTrustedOrNotThereHearsAndTellsNothing) {
  const std::string token = aToken("tok-f0r-nobody");
  const testing_support::TestCertificateAuthority stranger("a stranger");
  useToken(token);
  std::string text = content("config");
  const auto from = text.find("certificate-authority-data:");
  useKubeconfig(text.replace(from, text.find('\n', from) - from,
                             "certificate-authority: " + folder_.put("ca.pem", stranger.pem())));
  EXPECT_EQ(tell({"run"}), 78) << last_;
  EXPECT_EQ(server_.requests(), 0);
  useToken(token);
  text = content("config");
  useKubeconfig(
      text.replace(text.find(server_.url()), server_.url().size(), "https://127.0.0.1:1"));
  EXPECT_EQ(tellOnce({"run", "-o", "json", "--request-timeout", "1s"}), 75) << last_;
  expectNothingTold();
}

TEST_F(SecretsTest, APasswordOfAProxyIsNotTold) {
  // Answers CONNECT as no proxy does, or one that shows what it was sent.
  FakePushgateway no_proxy;
  const std::string password = secret("pr0xy p@ss/word");
  const std::string user = "http://me:" + percentEncoded(password) + "@";
  no_proxy.refuse({407, "you are me:" + password, ""});
  secret("me:" + password);
  const std::string config = kubeconfigWith(server_.url(), "https://192.0.2.1");
  const std::string server = "    server: ";
  for (const std::string& url :
       {user + no_proxy.address(), user + "127.0.0.1:1/path", "https://me:" + password + "@proxy",
        "me:" + password + "@proxy:1", user + ":notaport"}) {
    std::string with_proxy = config;
    useKubeconfig(with_proxy.insert(config.find(server), "    proxy-url: \"" + url + "\"\n"));
    EXPECT_NE(tell({"run", "--request-timeout", "1s"}), 0) << last_;
    if (url == user + no_proxy.address()) continue;  // heard of once, and it takes its time
    useKubeconfig(config);
    environment_["HTTPS_PROXY"] = url;
    EXPECT_NE(tell({"run", "--request-timeout", "1s"}), 0) << last_;
    environment_.erase("HTTPS_PROXY");
  }
  expectNothingTold();
}

TEST_F(SecretsTest, APasswordOfAPushgatewayIsNotTold) {
  FakePushgateway gateway;
  const std::string password = secret("g4teway p@ss/word");
  const std::string user = "http://me:" + percentEncoded(password) + "@";
  secret("me:" + password);
  useToken(aToken("tok-b3side-a-gateway"));
  look([&] {
    world_.editNoobaa(
        [](json::Value& noobaa) { noobaa["spec"]["dbSpec"].object()->erase("dbBackup"); });
    return 0;
  });
  EXPECT_EQ(tell({"run", "--pushgateway", user + gateway.address()}), 0) << last_;
  for (const int status : {302, 400, 401, 500}) {
    gateway.refuse({status,
                    "you are me:" + password + ", Basic " + k8s::encodeBase64("me:" + password),
                    "http://me:" + percentEncoded(password) + "@elsewhere"});
    EXPECT_EQ(tell({"run", "--pushgateway", user + gateway.address()}), 0) << last_;
    EXPECT_THAT(last_, HasSubstr("it answered " + std::to_string(status)));
  }
  EXPECT_EQ(tell({"run", "--pushgateway", user + "127.0.0.1:1"}), 0) << last_;
  environment_["NOOBAA_DB_BACKUP_PUSHGATEWAY"] = user + gateway.address();
  EXPECT_EQ(tell({"run"}), 0) << last_;
  environment_["NOOBAA_DB_BACKUP_PUSHGATEWAY"] = "me:" + password + "@gateway";
  EXPECT_EQ(tell({"run"}), 2) << last_;
  expectNothingTold();
}

TEST_F(SecretsTest, WhatIsTypedInTheWrongPlaceIsNotTold) {
  const std::string url = "http://me:" + secret("m1splaced-p@ss/word") + "@host:1";
  EXPECT_EQ(tellOnce({url}), 2);
  EXPECT_EQ(tellOnce({"run", url}), 2);
  EXPECT_EQ(tellOnce({"run", "--pushgatway", url}), 2);
  EXPECT_EQ(tellOnce({"run", "--pushgatway=" + url}), 2);
  EXPECT_EQ(tellOnce({"run", "--pushgateway", url + "?query"}), 2);
  EXPECT_EQ(tellOnce({"run", "--namespace", url}), 2);
  EXPECT_EQ(tellOnce({"bootstrap", "--import-from", url}), 2);
  EXPECT_EQ(tellOnce({"bootstrap", "--import-from", "old", "--import-secret",
                      secret("Th3-p4ssword-itself!")}),
            2);
  expectNothingTold();
}

TEST_F(SecretsTest, NoSecretOfTheClusterIsEvenRead) {
  look([&] {
    world_.server().define({.type = {"", "v1", "secrets", "Secret"}});
    world_.server().create(json::Object{
        {"apiVersion", "v1"},
        {"kind", "Secret"},
        {"metadata", json::Object{{"name", "noobaa-db"}, {"namespace", nameSpace()}}},
        {"data", json::Object{{"password", k8s::encodeBase64(secret("p0stgres-password"))}}}});
    world_.server().clearRequestLog();
    return 0;
  });
  EXPECT_EQ(tell({"run"}), 0) << last_;
  EXPECT_EQ(tell({"verify", "--restore"}), 0) << last_;
  EXPECT_THAT(content("termination"), HasSubstr(R"("command":"verify")"));
  tell({"check"});
  tellOnce({"bootstrap", "--import-from", "old", "--import-secret", "noobaa-db"});
  EXPECT_THAT(look([&] { return world_.server().requestLog(); }), Each(Not(HasSubstr("/secrets"))));
  expectNothingTold();
}

}  // namespace
}  // namespace job
