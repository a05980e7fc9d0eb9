#include "common/k8s/transport/dialer.h"

#include <atomic>

#include "tests/common/k8s/transport/connect_proxy.h"
#include "tests/common/k8s/transport/transport_fixture.h"
#include "tests/common/k8s/transport/unreachable_ports.h"

namespace testing_support {
namespace {

using k8s::Addresses;
using Poco::Net::SocketAddress;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// Towards https://localhost, whose addresses are the test's to name.
class DialerTest : public TransportTest {
 protected:
  DialerTest() { serve(answerAll); }

  SocketAddress serverAddress() const { return SocketAddress("127.0.0.1", server_->port()); }

  tl::expected<k8s::TlsStream, k8s::TransportError> dial(const k8s::LookUp& look_up) {
    return dial(look_up, clock_);
  }
  tl::expected<k8s::TlsStream, k8s::TransportError> dial(const Addresses& addresses) {
    return dial(addresses, clock_);
  }
  tl::expected<k8s::TlsStream, k8s::TransportError> dial(const Addresses& addresses,
                                                         const timing::Clock& clock) {
    return dial([addresses](const std::string&, std::uint16_t) { return addresses; }, clock);
  }
  tl::expected<k8s::TlsStream, k8s::TransportError> dial(const k8s::LookUp& look_up,
                                                         const timing::Clock& clock) {
    tls_ = k8s::makeTlsContext(connection_, "localhost").value();
    const k8s::Dialer dialer(k8s::parseServerUrl("https://localhost:6443").value(),
                             connection_.proxy, look_up);
    const k8s::Interruption interruption(clock, timing::Deadline::never(), stop_.get_token());
    return dialer.open(tls_, interruption);
  }

 private:
  std::shared_ptr<k8s::TlsContext> tls_;
};

// Item 21: Poco tries the first address alone.
TEST_F(DialerTest, NextAddressIsTriedWhenOneRefuses) {
  const ClosedPort closed;
  EXPECT_THAT(dial({closed.address(), serverAddress()}), Succeeds());
}

TEST_F(DialerTest, FailureNamesEveryAddress) {
  const ClosedPort one;
  const ClosedPort two;
  const auto stream = dial({one.address(), two.address()});
  ASSERT_THAT(stream, FailsWith(Kind::kConnect));
  EXPECT_FALSE(stream.error().sent);
  EXPECT_THAT(stream.error().message,
              AllOf(HasSubstr(one.address().toString()), HasSubstr(two.address().toString())));
}

TEST_F(DialerTest, DeadAddressLeavesTimeForTheNext) {
  const FullListener dead;
  const ClosedPort closed;
  // Of ten seconds the clock has taken one: 4.5 for each.
  const auto stream = dial({dead.address(), closed.address()}, HastyClock(1s));
  ASSERT_THAT(stream, FailsWith(Kind::kConnect));
  EXPECT_THAT(stream.error().message,
              AllOf(HasSubstr("no connection within 4.5s"),
                    HasSubstr(closed.address().toString() + ": Connection")));
}

TEST_F(DialerTest, NoAddressIsHurriedTooMuch) {
  const FullListener one;
  const FullListener two;
  const FullListener three;
  const auto stream =
      dial({one.address(), two.address(), three.address(), two.address(), one.address()},
           HastyClock(500ms));
  ASSERT_THAT(stream, FailsWith(Kind::kConnect));
  EXPECT_THAT(stream.error().message,
              HasSubstr(one.address().toString() + ": no connection within 2s"));
}

TEST_F(DialerTest, AllTogetherEndsBeforeALeaseLapses) {
  const FullListener dead;
  const auto stream = dial(Addresses(20, dead.address()), HastyClock(500ms));
  ASSERT_THAT(stream, FailsWith(Kind::kConnect));
  EXPECT_FALSE(stream.error().sent);
  EXPECT_THAT(stream.error().message, HasSubstr("no connection within 15 s: "));
}

// The next address would be another way to the same server, or to an impostor.
TEST_F(DialerTest, RefusedCertificateEndsTheSearch) {
  connection_.tls_server_name = "other";
  EXPECT_THAT(dial({serverAddress(), serverAddress()}), FailsWith(Kind::kTrust));
  EXPECT_EQ(server_->connections(), 1);
}

TEST_F(DialerTest, UnknownNameIsNoConnection) {
  const auto stream = dial([](const std::string&, std::uint16_t) {
    return tl::expected<Addresses, std::string>(tl::unexpected(std::string("never heard of it")));
  });
  ASSERT_THAT(stream, FailsWith(Kind::kConnect));
  EXPECT_THAT(stream.error().message,
              HasSubstr("the name localhost can't be resolved: never heard of it"));
}

// What was found before may be why a new connection is needed.
TEST_F(DialerTest, NameIsLookedUpForEachConnection) {
  const auto look_ups = std::make_shared<std::atomic<int>>(0);
  const k8s::LookUp look_up = [look_ups, address = serverAddress()](const std::string&,
                                                                    std::uint16_t) {
    ++*look_ups;
    return Addresses{address};
  };
  const k8s::Dialer dialer(k8s::parseServerUrl("https://localhost:6443").value(), {}, look_up);
  const auto tls = k8s::makeTlsContext(connection_, "localhost").value();
  const k8s::Interruption interruption(clock_, timing::Deadline::never(), {});
  EXPECT_THAT(dialer.open(tls, interruption), Succeeds());
  EXPECT_THAT(dialer.open(tls, interruption), Succeeds());
  EXPECT_EQ(*look_ups, 2);
}

TEST_F(DialerTest, OnlyTheProxysNameIsLookedUp) {
  const ConnectProxy proxy(ConnectProxy::tunnelsTo(server_->port()));
  connection_.proxy = k8s::parseProxyUrl("http://proxy.example:3128", "HTTPS_PROXY").value();
  EXPECT_THAT(dial([port = proxy.port()](const std::string& name, std::uint16_t wanted) {
                return name == "proxy.example" && wanted == 3128
                           ? Addresses{SocketAddress("127.0.0.1", port)}
                           : Addresses{};
              }),
              Succeeds());
}

TEST_F(DialerTest, ProxyThatCanNotBeReachedIsNamed) {
  const ClosedPort closed;
  connection_.proxy = k8s::parseProxyUrl("http://proxy.example:3128", "HTTPS_PROXY").value();
  const auto stream = dial({closed.address()});
  ASSERT_THAT(stream, FailsWith(Kind::kConnect));
  EXPECT_THAT(stream.error().message,
              AllOf(HasSubstr("through the proxy proxy.example:3128 (HTTPS_PROXY)"),
                    HasSubstr("Connection refused")));
}

TEST_F(DialerTest, ProxyThatTurnsUsAwayEndsTheSearch) {
  const ConnectProxy proxy(ConnectProxy::answers("HTTP/1.1 403 No\r\n\r\n"));
  connection_.proxy = proxy.settings();
  connection_.proxy->host = "proxy.example";
  const SocketAddress address("127.0.0.1", proxy.port());
  EXPECT_THAT(dial({address, address}), FailsWith(Kind::kProxy));
  EXPECT_EQ(proxy.heads().size(), 1U);
}

TEST_F(DialerTest, NextAddressIsTriedWhenAProxyIsOutOfOrder) {
  const ConnectProxy broken(ConnectProxy::answers("HTTP/1.1 503 No\r\n\r\n"));
  const ConnectProxy good(ConnectProxy::tunnelsTo(server_->port()));
  connection_.proxy = broken.settings();
  connection_.proxy->host = "proxy.example";
  EXPECT_THAT(
      dial({SocketAddress("127.0.0.1", broken.port()), SocketAddress("127.0.0.1", good.port())}),
      Succeeds());
}

}  // namespace
}  // namespace testing_support
