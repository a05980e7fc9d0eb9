#include <openssl/ssl.h>
#include <stdlib.h>  // setenv, which <cstdlib> does not promise

#include <cstdlib>
#include <optional>

#include "tests/common/k8s/transport/transport_fixture.h"
#include "tests/support/child_process.h"

namespace testing_support {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class TrustTest : public TransportTest {
 protected:
  void serveAs(const CertificateWish& wish) {
    serve({.identity = authority_.issue(wish)}, answerAll);
  }

  void expectRefused(const std::string& reason) {
    const Result result = get();
    ASSERT_THAT(result, FailsWith(Kind::kTrust));
    EXPECT_FALSE(result.error().sent);
    EXPECT_THAT(result.error().message, HasSubstr(reason));
    EXPECT_THAT(result.error().message, HasSubstr(server_->url()));
  }
};

TEST_F(TrustTest, AcceptsIPv4AddressInSan) {
  serveAs({.ip_addresses = {"127.0.0.1"}});
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(sink_.body, "ok");
}

// Item 22: the bracketed host of the URL reaches socket, certificate check and Host header
// properly.
TEST_F(TrustTest, AcceptsIPv6AddressInSanAndBracketsItInHost) {
  serve({.identity = authority_.issue({.ip_addresses = {"::1"}}), .address = "::1"},
        [&](TlsPeer& peer, int) {
          observed_.set_value(peer.readRequest().value_or(""));
          peer.respond("ok");
        });
  ASSERT_THAT(get(), Succeeds());
  EXPECT_THAT(observed_.get_future().get(),
              HasSubstr("\r\nHost: [::1]:" + std::to_string(server_->port()) + "\r\n"));
}

// Item 2: Poco alone would take the CN for a name.
TEST_F(TrustTest, RefusesNameThatIsOnlyInCommonName) {
  serveAs({.common_name = "127.0.0.1"});
  expectRefused("it is not for 127.0.0.1 but for no name (a CN does not count)");
}

// Item 2, for a DNS name.
TEST_F(TrustTest, RefusesDnsNameThatIsOnlyInCommonName) {
  serveAs({.common_name = "kubernetes"});
  connection_.tls_server_name = "kubernetes";
  expectRefused("it is not for kubernetes");
}

// Item 1: Poco's relaxed mode accepts any name on loopback.
TEST_F(TrustTest, RefusesOtherNameOnLoopbackAndListsWhatItCarries) {
  serveAs({.dns_names = {"kubernetes"}, .ip_addresses = {"10.96.0.1", "fd00::1"}});
  expectRefused("it is not for 127.0.0.1 but for kubernetes, 10.96.0.1, fd00::1");
}

// With two dots behind it: OpenSSL takes no wildcard above that.
TEST_F(TrustTest, RefusesPartialWildcard) {
  serveAs({.dns_names = {"kube*.default.svc"}});
  connection_.tls_server_name = "kubernetes.default.svc";
  expectRefused("it is not for kubernetes.default.svc");
}

TEST_F(TrustTest, RefusesExpired) {
  serveAs({.ip_addresses = {"127.0.0.1"}, .valid_from = -48h, .valid_until = -24h});
  expectRefused("expired");
}

TEST_F(TrustTest, RefusesNotYetValid) {
  serveAs({.ip_addresses = {"127.0.0.1"}, .valid_from = 24h, .valid_until = 48h});
  expectRefused("not yet valid");
}

TEST_F(TrustTest, RefusesUnknownAuthority) {
  serveAs({.ip_addresses = {"127.0.0.1"}});
  connection_.ca.pem = TestCertificateAuthority("another").pem();
  expectRefused("unable to get local issuer certificate");
}

TEST_F(TrustTest, RefusesPrivateAuthorityWithoutCa) {
  serveAs({.ip_addresses = {"127.0.0.1"}});
  connection_.ca.pem.clear();
  expectRefused("unable to get local issuer certificate");
}

/// Makes an authority one of the system's: OpenSSL takes them from there.
class SystemAuthority {
 public:
  explicit SystemAuthority(const TestCertificateAuthority& authority) {
    if (const char* before = std::getenv(kVariable)) before_ = before;
    ::setenv(kVariable, folder_.put("system.pem", authority.pem()).c_str(), 1);
  }
  ~SystemAuthority() { before_ ? ::setenv(kVariable, before_->c_str(), 1) : ::unsetenv(kVariable); }
  SystemAuthority(const SystemAuthority&) = delete;
  SystemAuthority& operator=(const SystemAuthority&) = delete;

 private:
  static constexpr const char* kVariable = "SSL_CERT_FILE";
  ScratchFolder folder_;
  std::optional<std::string> before_;
};

TEST_F(TrustTest, AcceptsAuthorityOfTheSystemWithoutCa) {
  const SystemAuthority system(authority_);
  serveAs({.ip_addresses = {"127.0.0.1"}});
  connection_.ca.pem.clear();
  EXPECT_THAT(get(), Succeeds());
}

// Item 1: the system's authorities are no part of a cluster's.
TEST_F(TrustTest, RefusesAuthorityOfTheSystemBesidesTheClusters) {
  const SystemAuthority system(authority_);
  serveAs({.ip_addresses = {"127.0.0.1"}});
  connection_.ca.pem = TestCertificateAuthority("another").pem();
  expectRefused("unable to get local issuer certificate");
}

TEST_F(TrustTest, TriesNoOtherConnectionAfterRefusal) {
  serveAs({.dns_names = {"other"}});
  EXPECT_THAT(get(), FailsWith(Kind::kTrust));
  EXPECT_THAT(get(), FailsWith(Kind::kTrust));
  EXPECT_EQ(server_->connections(), 2);
}

// Item 3: the name holds for each new connection.
TEST_F(TrustTest, HonoursTlsServerNameOnEveryConnection) {
  serve({.identity = authority_.issue({.dns_names = {"kubernetes.default.svc"}})},
        [&](TlsPeer& peer, int index) {
          if (index == 0) observed_.set_value(peer.serverNameIndication());
          peer.readRequest();
          peer.respond("ok");
          peer.closeWithNotify();
        });
  connection_.tls_server_name = "kubernetes.default.svc";
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(server_->connections(), 2);
  EXPECT_EQ(observed_.get_future().get(), "kubernetes.default.svc");
}

TEST_F(TrustTest, RefusesCertificateForHostWhenTlsServerNameIsAnother) {
  serveAs({.ip_addresses = {"127.0.0.1"}});
  connection_.tls_server_name = "kubernetes.default.svc";
  expectRefused("it is not for kubernetes.default.svc but for 127.0.0.1");
}

// Item 4: an address has no place in SNI.
TEST_F(TrustTest, SendsNoServerNameForAddress) {
  serve([&](TlsPeer& peer, int) {
    observed_.set_value(peer.serverNameIndication());
    peer.readRequest();
    peer.respond("ok");
  });
  ASSERT_THAT(get(), Succeeds());
  EXPECT_EQ(observed_.get_future().get(), "");
}

TEST_F(TrustTest, SkipsVerificationWhenToldTo) {
  serveAs({.dns_names = {"other"}, .valid_from = -48h, .valid_until = -24h});
  connection_.ca.pem.clear();
  connection_.insecure_skip_tls_verify = true;
  EXPECT_THAT(get(), Succeeds());
}

// Item 6: all certificates of a bundle count, from memory.
TEST_F(TrustTest, AcceptsAnyAuthorityOfBundle) {
  serveAs({.ip_addresses = {"127.0.0.1"}});
  connection_.ca.pem = TestCertificateAuthority("another").pem() + "some comment\n" +
                       authority_.pem() + TestCertificateAuthority("third").pem();
  EXPECT_THAT(get(), Succeeds());
}

TEST_F(TrustTest, AcceptsChainThroughIntermediate) {
  const TestCertificateAuthority intermediate = authority_.intermediate("intermediate");
  serve({.identity = issueForLoopback(intermediate), .chain_pem = intermediate.pem()}, answerAll);
  EXPECT_THAT(get(), Succeeds());
}

TEST_F(TrustTest, AcceptsIntermediateAsAuthority) {
  const TestCertificateAuthority intermediate = authority_.intermediate("intermediate");
  serve({.identity = issueForLoopback(intermediate)}, answerAll);
  connection_.ca.pem = intermediate.pem();
  EXPECT_THAT(get(), Succeeds());
}

// Item 5.
TEST_F(TrustTest, RefusesProtocolBelowTls12) {
  serve({.identity = issueForLoopback(authority_), .newest_protocol = TLS1_1_VERSION}, answerAll);
  const Result result = get();
  ASSERT_THAT(result, FailsWith(Kind::kConnect));
  EXPECT_FALSE(result.error().sent);
}

TEST_F(TrustTest, SpeaksTls12) {
  serve({.identity = issueForLoopback(authority_), .newest_protocol = TLS1_2_VERSION}, answerAll);
  EXPECT_THAT(get(), Succeeds());
}

class ClientCertificateTest : public TransportTest,
                              public ::testing::WithParamInterface<KeyFormat> {};

// Item 6: in memory, in each form of key.
TEST_P(ClientCertificateTest, IsPresentedWithItsChain) {
  const TestCertificateAuthority intermediate = authority_.intermediate("intermediate");
  const CertificateAndKey client =
      intermediate.issue({.common_name = "backup", .key_format = GetParam()});
  serve({.identity = issueForLoopback(authority_), .client_ca_pem = authority_.pem()},
        [&](TlsPeer& peer, int) {
          observed_.set_value(peer.clientCertificate());
          peer.readRequest();
          peer.respond("ok");
        });
  connection_.client_certificate.pem = client.certificate_pem + intermediate.pem();
  connection_.client_key.pem = client.key_pem;
  ASSERT_THAT(get(), Succeeds());
  EXPECT_EQ(observed_.get_future().get(), "backup");
}

INSTANTIATE_TEST_SUITE_P(KeyFormats, ClientCertificateTest,
                         ::testing::Values(KeyFormat::kPkcs8Ec, KeyFormat::kSec1Ec,
                                           KeyFormat::kPkcs1Rsa));

TEST_F(TransportTest, MissingClientCertificateIsBrokenWithTheServersReason) {
  serve({.identity = issueForLoopback(authority_), .client_ca_pem = authority_.pem()}, answerAll);
  const Result result = get();
  ASSERT_THAT(result, FailsWith(Kind::kBroken));
  EXPECT_THAT(result.error().message, HasSubstr("certificate required"));
}

class UnusableConnectionTest : public ::testing::Test {
 protected:
  UnusableConnectionTest() {
    connection_.source = "kubeconfig /c, context x";
    connection_.server = "https://127.0.0.1:1";
    connection_.ca.pem = authority_.pem();
    client_ = authority_.issue({});
  }

  void expectRefused(const std::string& reason) {
    FakeClock clock{timing::Instant()};
    const auto transport = k8s::PocoTransport::create(connection_, clock, k8s::Surroundings());
    ASSERT_FALSE(transport);
    EXPECT_THAT(transport.error(), HasSubstr("kubeconfig /c, context x: "));
    EXPECT_THAT(transport.error(), HasSubstr(reason));
    EXPECT_THAT(transport.error(), Not(HasSubstr("BEGIN")));
  }

  TestCertificateAuthority authority_;
  CertificateAndKey client_;
  k8s::Connection connection_;
};

TEST_F(UnusableConnectionTest, PlainHttp) {
  connection_.server = "http://127.0.0.1:1";
  expectRefused("only https");
}

TEST_F(UnusableConnectionTest, ImpersonationThatNoHeaderCanCarry) {
  connection_.impersonation.user = "jane\r\nX-Evil: 1";
  expectRefused("as can't be sent");
}

TEST_F(UnusableConnectionTest, AuthorityThatIsNotPem) {
  connection_.ca.pem = "not PEM";
  expectRefused("the certificate authority is not PEM");
}

TEST_F(UnusableConnectionTest, AuthorityWithOneMalformedCertificate) {
  connection_.ca.pem += "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  expectRefused("the certificate authority is not PEM");
}

TEST_F(UnusableConnectionTest, ClientCertificateThatIsNotPem) {
  connection_.client_certificate.pem = client_.key_pem;
  connection_.client_key.pem = client_.key_pem;
  expectRefused("the client certificate is not PEM");
}

TEST_F(UnusableConnectionTest, ClientKeyThatIsNotPem) {
  connection_.client_certificate.pem = client_.certificate_pem;
  connection_.client_key.pem = client_.certificate_pem;
  expectRefused("the client key is not a PEM private key");
}

TEST_F(UnusableConnectionTest, ClientKeyOfAnotherCertificate) {
  connection_.client_certificate.pem = client_.certificate_pem;
  connection_.client_key.pem = authority_.issue({}).key_pem;
  expectRefused("the client key does not belong to the client certificate");
}

TEST_F(UnusableConnectionTest, ClientKeyUnderPassphraseWithoutAskingForIt) {
  connection_.client_certificate.pem = client_.certificate_pem;
  connection_.client_key.pem = authority_.issue({.key_format = KeyFormat::kEncrypted}).key_pem;
  expectRefused("the client key is encrypted");
}

}  // namespace
}  // namespace testing_support
