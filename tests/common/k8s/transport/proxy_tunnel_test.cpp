#include "common/k8s/transport/proxy_tunnel.h"

#include "tests/common/k8s/transport/connect_proxy.h"
#include "tests/common/k8s/transport/transport_fixture.h"

namespace testing_support {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// A transport whose way to the server leads through a proxy.
class TunnelTest : public TransportTest {
 protected:
  TunnelTest() { serve(answerAll); }

  void useProxy(ConnectProxy::Behaviour behaviour, const std::string& user_info = "") {
    transport_.reset();
    proxy_ = std::make_unique<ConnectProxy>(std::move(behaviour));
    connection_.proxy = proxy_->settings(user_info);
  }
  void useGoodProxy() { useProxy(ConnectProxy::tunnelsTo(server_->port())); }

  std::string serverPort() const { return std::to_string(server_->port()); }

  /// What all failures have in common.
  void expectUnsent(const Result& result, Kind kind) {
    ASSERT_THAT(result, FailsWith(kind));
    EXPECT_FALSE(result.error().sent);
    EXPECT_THAT(result.error().message, HasSubstr(connection_.proxy->authority));
    EXPECT_THAT(result.error().message, HasSubstr("the test's HTTPS_PROXY"));
    EXPECT_THAT(result.error().message, Not(HasSubstr("s3cr3t")));
    EXPECT_EQ(server_->connections(), 0);
  }
  void expectUnsentAfter(ConnectProxy::Behaviour behaviour, Kind kind) {
    useProxy(std::move(behaviour));
    expectUnsent(get(), kind);
  }

  std::unique_ptr<ConnectProxy> proxy_;
};

TEST_F(TunnelTest, RequestGoesThroughTheProxy) {
  useGoodProxy();
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(sink_.body, "ok");
  EXPECT_EQ(proxy_->heads().size(), 1U);
}

// Trap 24.
TEST_F(TunnelTest, SendsNoCredentialsWhereTheUrlHasNone) {
  useGoodProxy();
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(proxy_->heads(),
              ElementsAre("CONNECT 127.0.0.1:" + serverPort() +
                          " HTTP/1.1\r\nHost: 127.0.0.1:" + serverPort() + "\r\n\r\n"));
}

TEST_F(TunnelTest, SendsTheUrlsCredentialsToTheProxyAlone) {
  serve([this](TlsPeer& peer, int) {
    observed_.set_value(peer.readRequest().value_or(""));
    peer.respond("ok");
  });
  useProxy(ConnectProxy::tunnelsTo(server_->port()), "user:pass");
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(proxy_->heads(),
              ElementsAre(HasSubstr("\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\n")));
  EXPECT_THAT(observed_.get_future().get(), Not(HasSubstr("Proxy-")));
}

TEST_F(TunnelTest, TokenIsNotShownToTheProxy) {
  useGoodProxy();
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(proxy_->heads(), ElementsAre(Not(HasSubstr("the-token"))));
}

TEST_F(TunnelTest, IsKeptForTheNextRequest) {
  useGoodProxy();
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(proxy_->heads().size(), 1U);
}

TEST_F(TunnelTest, ServersNameIsLeftToTheProxy) {
  connection_.server = "https://api.example.invalid";
  connection_.tls_server_name = "localhost";
  useGoodProxy();
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(proxy_->heads(), ElementsAre(HasSubstr("CONNECT api.example.invalid:443 HTTP/1.1")));
}

TEST_F(TunnelTest, Ipv6ServerIsAskedForInBrackets) {
  connection_.server = "https://[::1]:6443";
  useGoodProxy();
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(proxy_->heads(), ElementsAre(HasSubstr("CONNECT [::1]:6443 HTTP/1.1\r\n")));
}

TEST_F(TunnelTest, ServersCertificateIsVerifiedAsWithoutAProxy) {
  connection_.server = "https://api.example.invalid";
  useGoodProxy();
  const Result result = get();
  ASSERT_THAT(result, FailsWith(Kind::kTrust));
  EXPECT_FALSE(result.error().sent);
  EXPECT_THAT(result.error().message, HasSubstr("through the proxy 127.0.0.1:"));
}

TEST_F(TunnelTest, AnswerMayComeByteByByte) {
  useProxy([port = server_->port()](TlsPeer& client) {
    for (const char byte : std::string_view("HTTP/1.1 200 OK\r\nVia: x\r\n\r\n")) {
      client.sendRaw({&byte, 1});
    }
    client.tunnelTo(port);
  });
  EXPECT_THAT(get(), Succeeds());
}

// A tunnel has no body, whatever the proxy says.
TEST_F(TunnelTest, LengthInTheAnswerMeansNothing) {
  useProxy([port = server_->port()](TlsPeer& client) {
    client.sendRaw("HTTP/1.0 200 OK\r\nContent-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.tunnelTo(port);
  });
  EXPECT_THAT(get(), Succeeds());
}

TEST_F(TunnelTest, MissingCredentialsAreNamed) {
  useProxy(ConnectProxy::answers("HTTP/1.1 407 Who\r\nContent-Length: 3\r\n\r\nwho"));
  const Result result = get();
  expectUnsent(result, Kind::kProxy);
  EXPECT_THAT(result.error().message,
              HasSubstr("CONNECT 127.0.0.1:" + serverPort() +
                        " is answered by 407 Proxy Authentication Required: its URL must be "
                        "http://user:password@127.0.0.1:"));
}

TEST_F(TunnelTest, CredentialsThatAreNotAcceptedAreNamedButNotQuoted) {
  useProxy(ConnectProxy::answers("HTTP/1.1 407 Who is s3cr3t\r\n\r\n"), "user:s3cr3t");
  const Result result = get();
  expectUnsent(result, Kind::kProxy);
  EXPECT_THAT(result.error().message, HasSubstr("the user and password in its URL are not"));
}

TEST_F(TunnelTest, RefusalIsNotWorthAnotherTry) {
  for (const int status : {100, 302, 400, 401, 403, 404, 405, 501, 505}) {
    SCOPED_TRACE(status);
    expectUnsentAfter(ConnectProxy::answers("HTTP/1.1 " + std::to_string(status) + " No\r\n\r\n"),
                      Kind::kProxy);
  }
}

TEST_F(TunnelTest, OverloadAndAServerThatIsOutOfReachAreWorthAnotherTry) {
  for (const int status : {408, 429, 500, 502, 503, 504}) {
    SCOPED_TRACE(status);
    expectUnsentAfter(ConnectProxy::answers("HTTP/1.1 " + std::to_string(status) + " No\r\n\r\n"),
                      Kind::kConnect);
  }
}

TEST_F(TunnelTest, BytesBehindTheAnswerAreNotTakenForTls) {
  useProxy([](TlsPeer& client) { client.sendRaw("HTTP/1.1 200 OK\r\n\r\nwelcome"); });
  const Result result = get();
  expectUnsent(result, Kind::kConnect);
  EXPECT_THAT(result.error().message, HasSubstr("goes on where TLS should begin"));
}

TEST_F(TunnelTest, AnswerThatIsNotHttpIsRefused) {
  for (const char* junk : {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "\x15\x03\x01\n\n",
                           "HTTP/1.1 twohundred OK\r\n\r\n", "\r\n\r\n", "HTTP/2 200\r\n\r\n"}) {
    useProxy(ConnectProxy::answers(junk));
    const Result result = get();
    expectUnsent(result, Kind::kConnect);
    EXPECT_THAT(result.error().message, HasSubstr("is this an http proxy?"));
  }
}

TEST_F(TunnelTest, AnswerWithoutEndIsRefused) {
  expectUnsentAfter(ConnectProxy::answers("HTTP/1.1 200 OK\r\nX: " + std::string(30'000, 'x')),
                    Kind::kConnect);
}

TEST_F(TunnelTest, ProxyThatLeavesIsNoConnection) {
  expectUnsentAfter([](TlsPeer& client) { client.closeAbruptly(); }, Kind::kConnect);
  expectUnsentAfter(
      [](TlsPeer& client) {
        client.sendRaw("HTTP/1.1 200 OK\r\nVi");
        client.closeAbruptly();
      },
      Kind::kConnect);
  expectUnsentAfter([](TlsPeer& client) { client.reset(); }, Kind::kConnect);
}

// Long before the deadline, so that there is time for another try.
TEST_F(TunnelTest, ProxyThatStallsForTenSecondsIsNoConnection) {
  expectUnsentAfter(
      [this](TlsPeer& client) {
        clock_.advance(10s);
        client.waitUntilClientLeaves();
      },
      Kind::kConnect);
}

TEST_F(TunnelTest, ProxyThatDripsForTenSecondsIsNoConnection) {
  expectUnsentAfter(
      [this](TlsPeer& client) {
        client.sendRaw("HTTP/1.1 200 OK\r\nX: ");
        for (int piece = 0; piece < 10; ++piece) {
          client.sendRaw("x");
          clock_.advance(1s);
        }
        client.waitUntilClientLeaves();
      },
      Kind::kConnect);
}

TEST_F(TunnelTest, StallEndsAtTheDeadline) {
  expectUnsentAfter(
      [this](TlsPeer& client) {
        clock_.advance(30s);
        client.waitUntilClientLeaves();
      },
      Kind::kTimeout);
}

TEST_F(TunnelTest, StallEndsByStop) {
  expectUnsentAfter(
      [this](TlsPeer& client) {
        stop_.request_stop();
        client.waitUntilClientLeaves();
      },
      Kind::kStopped);
}

}  // namespace
}  // namespace testing_support
