#include "common/k8s/transport/tcp_connect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include "common/k8s/transport/tls_stream.h"
#include "tests/common/k8s/transport/transport_fixture.h"

namespace testing_support {
namespace {

using Poco::Net::SocketAddress;
using ::testing::HasSubstr;

/// A port nobody listens at, as long as this lives.
class ClosedPort {
 public:
  ClosedPort() { socket_.bind(SocketAddress("127.0.0.1", 0)); }
  SocketAddress address() const { return socket_.address(); }

 private:
  struct BoundSocket : Poco::Net::StreamSocket {
    BoundSocket() = default;
    void bind(const SocketAddress& address) { impl()->bind(address); }
  };
  BoundSocket socket_;
};

/// A listener whose queue is full: the kernel leaves further connections unanswered.
class FullListener {
 public:
  FullListener() {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const SocketAddress any("127.0.0.1", 0);
    ::bind(socket_, any.addr(), any.length());
    ::listen(socket_, 0);
    for (int client = 0; client < 8; ++client) {
      clients_.emplace_back();
      clients_.back().connectNB(address());
    }
  }
  ~FullListener() { ::close(socket_); }

  SocketAddress address() const {
    sockaddr_storage storage{};
    socklen_t size = sizeof(storage);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&storage), &size);
    return SocketAddress(reinterpret_cast<sockaddr*>(&storage), size);
  }

 private:
  int socket_;
  std::vector<Poco::Net::StreamSocket> clients_;
};

/// Every look at it takes some seconds.
class HastyClock final : public timing::Clock {
 public:
  timing::Instant now() const override { return {}; }
  timing::Monotonic monotonic() const override { return now_ += 4s; }
  bool sleepUntil(timing::Monotonic, const std::stop_token&) override { return true; }

 private:
  mutable timing::Monotonic now_;
};

class TcpConnectTest : public TransportTest {};

TEST_F(TcpConnectTest, RefusedConnectionIsNoConnection) {
  const ClosedPort closed;
  const k8s::Interruption interruption(clock_, timing::Deadline::never(), {});
  const auto socket = k8s::connectTo(closed.address(), interruption);
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().kind, Kind::kConnect);
  EXPECT_FALSE(socket.error().sent);
  EXPECT_THAT(socket.error().message, HasSubstr("Connection refused"));
}

// Item 21: Poco tries the first address alone.
TEST_F(TcpConnectTest, NextAddressIsTriedWhenOneRefuses) {
  serve(answerAll);
  const ClosedPort closed;
  connection_.tls_server_name = "localhost";
  const auto tls = k8s::makeTlsContext(connection_, "127.0.0.1");
  ASSERT_TRUE(tls) << tls.error();
  const k8s::Interruption interruption(clock_, timing::Deadline::never(), {});
  const auto stream = k8s::openFirst(
      {closed.address(), SocketAddress("127.0.0.1", server_->port())}, *tls, interruption);
  EXPECT_TRUE(stream) << stream.error().message;
}

TEST_F(TcpConnectTest, FailureNamesEveryAddress) {
  serve(answerAll);
  const ClosedPort one;
  const ClosedPort two;
  const auto tls = k8s::makeTlsContext(connection_, "127.0.0.1");
  const k8s::Interruption interruption(clock_, timing::Deadline::never(), {});
  const auto stream = k8s::openFirst({one.address(), two.address()}, *tls, interruption);
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().kind, Kind::kConnect);
  EXPECT_THAT(stream.error().message, HasSubstr(one.address().toString()));
  EXPECT_THAT(stream.error().message, HasSubstr(two.address().toString()));
}

// The next address would be another way to the same server, or to an impostor.
TEST_F(TcpConnectTest, RefusedCertificateEndsTheSearch) {
  serve(answerAll);
  connection_.tls_server_name = "other";
  const auto tls = k8s::makeTlsContext(connection_, "127.0.0.1");
  const k8s::Interruption interruption(clock_, timing::Deadline::never(), {});
  const SocketAddress address("127.0.0.1", server_->port());
  const auto stream = k8s::openFirst({address, address}, *tls, interruption);
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().kind, Kind::kTrust);
  EXPECT_EQ(server_->connections(), 1);
}

// Item 20.
TEST_F(TcpConnectTest, UnansweredConnectionIsGivenUpAfterTenSeconds) {
  const FullListener listener;
  const HastyClock clock;
  const k8s::Interruption interruption(clock, timing::Deadline::never(), {});
  const auto socket = k8s::connectTo(listener.address(), interruption);
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().kind, Kind::kConnect);
  EXPECT_THAT(socket.error().message, HasSubstr("no connection within 10 s"));
}

// Item 20.
TEST_F(TcpConnectTest, UnansweredConnectionEndsAtTheDeadline) {
  const FullListener listener;
  const HastyClock clock;
  const k8s::Interruption interruption(clock, timing::Deadline::in(clock, 5s), {});
  const auto socket = k8s::connectTo(listener.address(), interruption);
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().kind, Kind::kTimeout);
}

TEST_F(TcpConnectTest, UnansweredConnectionEndsByStop) {
  const FullListener listener;
  std::stop_source stop;
  const k8s::Interruption interruption(clock_, timing::Deadline::never(), stop.get_token());
  const std::jthread stopping([&] { stop.request_stop(); });
  const auto socket = k8s::connectTo(listener.address(), interruption);
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().kind, Kind::kStopped);
}

TEST_F(TcpConnectTest, AddressResolvesToItself) {
  EXPECT_THAT(k8s::resolve("127.0.0.1", 6443).value(),
              ::testing::ElementsAre(SocketAddress("127.0.0.1", 6443)));
  EXPECT_THAT(k8s::resolve("fd00::1", 6443).value(),
              ::testing::ElementsAre(SocketAddress("fd00::1", 6443)));
}

TEST_F(TcpConnectTest, UnknownNameIsNoConnection) {
  connection_.server = "https://does-not-exist.invalid";
  const Result result = get();
  ASSERT_THAT(result, FailsWith(Kind::kConnect));
  EXPECT_FALSE(result.error().sent);
  EXPECT_THAT(result.error().message, HasSubstr("does-not-exist.invalid"));
}

}  // namespace
}  // namespace testing_support
