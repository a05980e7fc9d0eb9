#include <sys/stat.h>

#include <mutex>

#include "tests/common/k8s/transport/transport_fixture.h"
#include "tests/support/child_process.h"

namespace testing_support {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// What changes while the transport lives: the client's certificate, the CA, a plugin's token.
class RenewalTest : public TransportTest {
 protected:
  void TearDown() override { server_.reset(); }  // its scripts use what is here

  /// Asks for client certificates, and answers with 401 all but the one of this name. The name that
  /// a client goes by is in the response.
  void serveNamed(const std::string& accepted) {
    serve({.identity = issueForLoopback(authority_), .client_ca_pem = authority_.pem()},
          [accepted](TlsPeer& peer, int) {
            const std::string name = peer.clientCertificate();
            while (peer.readRequest()) peer.respond(name, name == accepted ? 200 : 401);
          });
    connection_.token.clear();
  }

  CertificateAndKey putCertificate(const std::string& name) {
    CertificateAndKey pair = authority_.issue({.common_name = name});
    files_["/cert"] = pair.certificate_pem;
    files_["/key"] = pair.key_pem;
    return pair;
  }
  void connectAs(const std::string& name) {
    const CertificateAndKey pair = putCertificate(name);
    connection_.client_certificate = {pair.certificate_pem, "/cert"};
    connection_.client_key = {pair.key_pem, "/key"};
  }
};

TEST_F(RenewalTest, CertificateIsReadAgainAfter401AndServesFromThenOn) {
  serveNamed("second");
  connectAs("first");
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(sink_.head.status, 401);
  putCertificate("second");
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(sink_.heads, 1);
  EXPECT_EQ(sink_.head.status, 200);
  EXPECT_EQ(sink_.body, "second");
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(sink_.body, "second");
  EXPECT_EQ(server_->connections(), 2);
}

// Several are kept after nested requests: one made as somebody else must not come up again.
TEST_F(RenewalTest, NoKeptConnectionOfTheOldCertificateIsUsed) {
  serve({.identity = issueForLoopback(authority_), .client_ca_pem = authority_.pem()},
        [](TlsPeer& peer, int) {
          const std::string name = peer.clientCertificate();
          while (const auto request = peer.readRequest()) {
            const bool refused = name == "first" && request->starts_with("GET /refuse");
            peer.respond(name, refused ? 401 : 200);
          }
        });
  connectAs("first");
  RecordingSink outer;
  outer.on_data = [&](std::string_view) {
    EXPECT_THAT(get(), Succeeds());
    return true;
  };
  EXPECT_THAT(sendTo(outer, {"GET", "/x", {}, {}}), Succeeds());
  EXPECT_EQ(server_->connections(), 2);
  putCertificate("second");
  EXPECT_THAT(get("/refuse"), Succeeds());
  RecordingSink again;
  again.on_data = [&](std::string_view) {
    EXPECT_THAT(get(), Succeeds());
    EXPECT_EQ(sink_.body, "second");
    return true;
  };
  EXPECT_THAT(sendTo(again, {"GET", "/x", {}, {}}), Succeeds());
  EXPECT_EQ(again.body, "second");
}

TEST_F(RenewalTest, WithinASinkLeavesTheOuterRequestItsConnectionAndDropsItAfterwards) {
  serve({.identity = issueForLoopback(authority_), .client_ca_pem = authority_.pem()},
        [](TlsPeer& peer, int) {
          const std::string name = peer.clientCertificate();
          while (const auto request = peer.readRequest()) {
            if (request->starts_with("GET /watch")) {
              peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nouter");
              peer.send("outer");
            } else {
              peer.respond(name, name == "second" ? 200 : 401);
            }
          }
        });
  connectAs("first");
  RecordingSink watch;
  watch.on_data = [&](std::string_view) {
    if (watch.pieces.size() > 1) return true;
    putCertificate("second");
    EXPECT_THAT(get("/nested"), Succeeds());
    EXPECT_EQ(sink_.body, "second");
    return true;
  };
  EXPECT_THAT(sendTo(watch, {"GET", "/watch", {}, {}}), Succeeds());
  EXPECT_EQ(watch.body, "outerouter");
  EXPECT_THAT(get("/after"), Succeeds());
  EXPECT_EQ(sink_.body, "second");
  // The outer one, the nested with the old and with the new certificate; the last serves on.
  EXPECT_EQ(server_->connections(), 3);
}

TEST_F(RenewalTest, RefusalWhoseBodyIsCutIsARefusalStill) {
  serve([](TlsPeer& peer, int) {
    while (const auto request = peer.readRequest()) {
      if (request->find("Bearer second") != std::string::npos) {
        peer.respond("ok");
        continue;
      }
      peer.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 100\r\n\r\n{");
      peer.closeAbruptly();
    }
  });
  connection_.token_file = "/token";
  files_["/token"] = "first";
  EXPECT_FALSE(get());  // twice cut: the error is passed on, and so is the status
  EXPECT_EQ(sink_.head.status, 401);
  files_["/token"] = "second";
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(sink_.heads, 1);
  EXPECT_EQ(sink_.head.status, 200);
}

TEST_F(RenewalTest, RefusalWhoseBodyIsCutIsPassedOnWhereThereIsNothingToRenew) {
  serve([](TlsPeer& peer, int) {
    peer.readRequest();
    peer.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 100\r\n\r\n{");
    peer.closeAbruptly();
  });
  EXPECT_FALSE(get());
  EXPECT_EQ(sink_.head.status, 401);
  EXPECT_EQ(server_->connections(), 1);
}

class AuthorityRenewalTest : public RenewalTest {
 protected:
  /// A server of the authority, with a connection that trusts another and has it from a file.
  void serveUnknown() {
    serve(answerAll);
    connection_.ca = {other_.pem(), "/ca"};
    files_["/ca"] = other_.pem();
  }
  void expectRefusedAfter(int connections) {
    const Result result = get();
    ASSERT_THAT(result, FailsWith(Kind::kTrust));
    EXPECT_FALSE(result.error().sent);
    EXPECT_THAT(result.error().message, HasSubstr("unable to get local issuer certificate"));
    EXPECT_EQ(server_->connections(), connections);
  }

  TestCertificateAuthority other_{"another"};
};

TEST_F(AuthorityRenewalTest, CaIsReadAgainAfterARefusedCertificateAndServesFromThenOn) {
  serveUnknown();
  files_["/ca"] = authority_.pem();
  EXPECT_THAT(send({"POST", "/x", {}, "body"}), Succeeds());
  files_.clear();
  clock_.advance(31s);  // a new connection
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(server_->connections(), 3);
}

TEST_F(AuthorityRenewalTest, UnchangedCaIsNotTriedAgain) {
  serveUnknown();
  expectRefusedAfter(1);
}

TEST_F(AuthorityRenewalTest, AnotherCaIsTriedOnce) {
  serveUnknown();
  files_["/ca"] = TestCertificateAuthority("third").pem();
  expectRefusedAfter(2);
}

TEST_F(AuthorityRenewalTest, UnusableCaIsLeftAlone) {
  serveUnknown();
  files_["/ca"] = "not PEM";
  expectRefusedAfter(1);
  files_.erase("/ca");
  expectRefusedAfter(2);
  files_["/ca"] = authority_.pem();
  EXPECT_THAT(get(), Succeeds());
}

// No CA at all means the system's: a file that is empty for a moment must not widen the trust.
TEST_F(AuthorityRenewalTest, EmptyCaIsLeftAlone) {
  serveUnknown();
  for (const char* content : {"", "\n"}) {
    files_["/ca"] = content;
    transport_.reset();
    const int before = server_->connections();
    expectRefusedAfter(before + 1);
  }
}

TEST_F(AuthorityRenewalTest, CaWithoutAFileIsFixed) {
  serveUnknown();
  files_["/ca"] = authority_.pem();
  connection_.ca.file.clear();
  expectRefusedAfter(1);
}

// The second context must not forget what the first was made for.
TEST_F(AuthorityRenewalTest, GoesTogetherWithANewCertificate) {
  serveNamed("second");
  connectAs("first");
  connection_.ca = {other_.pem(), "/ca"};
  files_["/ca"] = authority_.pem();
  putCertificate("second");
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(sink_.body, "second");
  EXPECT_EQ(server_->connections(), 3);
}

class PluginTransportTest : public RenewalTest {
 protected:
  PluginTransportTest() {
    const std::string script = folder_.put("plugin",
                                           "#!/bin/sh\n"
                                           "echo run >>\"$FOLDER/runs\"\n"
                                           "token=$(wc -l <\"$FOLDER/runs\")\n"
                                           "echo '{\"apiVersion\":\"client.authentication.k8s.io/"
                                           "v1\",\"kind\":\"ExecCredential\",\"status\":"
                                           "{\"token\":\"token-'$token'\"}}'\n");
    ::chmod(script.c_str(), 0700);
    environment_ = {{"PATH", folder_.path("") + ":/usr/bin:/bin"}, {"FOLDER", folder_.path("")}};
    plugin_.label = "kubeconfig /c, user u";
    plugin_.command = "plugin";
    plugin_.api_version = "client.authentication.k8s.io/v1";
  }

  /// Accepts this token only.
  void serveToken(const std::string& accepted) {
    serve([this, accepted](TlsPeer& peer, int) {
      while (const auto request = peer.readRequest()) {
        const bool good = request->find("Bearer " + accepted + "\r\n") != std::string::npos;
        {
          const std::lock_guard lock(mutex_);
          answers_.push_back(good ? 200 : 401);
        }
        peer.respond("", good ? 200 : 401);
      }
    });
    connection_.exec = plugin_;
    connection_.token.clear();
  }
  std::vector<int> answers() {
    const std::lock_guard lock(mutex_);
    return answers_;
  }

  ScratchFolder folder_;
  k8s::ExecPlugin plugin_;
  std::mutex mutex_;
  std::vector<int> answers_;
};

TEST_F(PluginTransportTest, SendsTheTokenOfThePlugin) {
  serveToken("token-1");
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(answers(), ElementsAre(200, 200));
}

TEST_F(PluginTransportTest, RunsThePluginAgainAfter401OnceARequest) {
  serveToken("token-3");
  EXPECT_THAT(send({"POST", "/x", {}, "body"}), Succeeds());
  EXPECT_EQ(sink_.head.status, 401);
  EXPECT_EQ(sink_.heads, 1);
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(sink_.head.status, 200);
  EXPECT_THAT(answers(), ElementsAre(401, 401, 401, 200));
}

TEST_F(PluginTransportTest, FailureConnectsNowhere) {
  serveToken("token-1");
  connection_.exec->command = "no-such-plugin";
  const Result result = get();
  ASSERT_THAT(result, FailsWith(Kind::kCredentials));
  EXPECT_FALSE(result.error().sent);
  EXPECT_THAT(result.error().message, HasSubstr("kubeconfig /c, user u"));
  EXPECT_EQ(server_->connections(), 0);
}

}  // namespace
}  // namespace testing_support
