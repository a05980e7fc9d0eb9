#include "common/k8s/transport/tcp_connect.h"

#include "tests/common/k8s/transport/transport_fixture.h"
#include "tests/common/k8s/transport/unreachable_ports.h"

namespace testing_support {
namespace {

using ::testing::HasSubstr;

class TcpConnectTest : public ::testing::Test {
 protected:
  FakeClock clock_{timing::Instant(std::chrono::seconds(1'700'000'000))};
};

TEST_F(TcpConnectTest, RefusedConnectionIsNoConnection) {
  const ClosedPort closed;
  const k8s::Interruption interruption(clock_, timing::Deadline::never(), {});
  const auto socket = k8s::connectTo(closed.address(), 10s, interruption);
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().kind, Kind::kConnect);
  EXPECT_FALSE(socket.error().sent);
  EXPECT_THAT(socket.error().message, HasSubstr("Connection refused"));
}

// Item 20.
TEST_F(TcpConnectTest, UnansweredConnectionIsGivenUp) {
  const FullListener listener;
  const HastyClock clock;
  const k8s::Interruption interruption(clock, timing::Deadline::never(), {});
  const auto socket = k8s::connectTo(listener.address(), 10s, interruption);
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().kind, Kind::kConnect);
  EXPECT_THAT(socket.error().message, HasSubstr("no connection within 10s"));
}

// Item 20.
TEST_F(TcpConnectTest, UnansweredConnectionEndsAtTheDeadline) {
  const FullListener listener;
  const HastyClock clock;
  const k8s::Interruption interruption(clock, timing::Deadline::in(clock, 5s), {});
  const auto socket = k8s::connectTo(listener.address(), 10s, interruption);
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().kind, Kind::kTimeout);
}

TEST_F(TcpConnectTest, UnansweredConnectionEndsByStop) {
  const FullListener listener;
  std::stop_source stop;
  const k8s::Interruption interruption(clock_, timing::Deadline::never(), stop.get_token());
  const std::jthread stopping([&] { stop.request_stop(); });
  const auto socket = k8s::connectTo(listener.address(), 10s, interruption);
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().kind, Kind::kStopped);
}

}  // namespace
}  // namespace testing_support
