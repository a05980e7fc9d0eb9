#pragma once

#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "common/time/clock.h"

namespace testing_support {

/// A port nobody listens at, as long as this lives.
class ClosedPort {
 public:
  ClosedPort() { socket_.bind(Poco::Net::SocketAddress("127.0.0.1", 0)); }
  Poco::Net::SocketAddress address() const { return socket_.address(); }

 private:
  struct BoundSocket : Poco::Net::StreamSocket {
    BoundSocket() = default;
    void bind(const Poco::Net::SocketAddress& address) { impl()->bind(address); }
  };
  BoundSocket socket_;
};

/// A listener whose queue is full: the kernel leaves further connections unanswered.
class FullListener {
 public:
  FullListener() {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const Poco::Net::SocketAddress any("127.0.0.1", 0);
    ::bind(socket_, any.addr(), any.length());
    ::listen(socket_, 0);
    for (int client = 0; client < 8; ++client) {
      clients_.emplace_back();
      clients_.back().connectNB(address());
    }
  }
  ~FullListener() { ::close(socket_); }
  FullListener(const FullListener&) = delete;
  FullListener& operator=(const FullListener&) = delete;

  Poco::Net::SocketAddress address() const {
    sockaddr_storage storage{};
    socklen_t size = sizeof(storage);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&storage), &size);
    return Poco::Net::SocketAddress(reinterpret_cast<sockaddr*>(&storage), size);
  }

 private:
  int socket_;
  std::vector<Poco::Net::StreamSocket> clients_;
};

/// Every look at it takes its time.
class HastyClock final : public timing::Clock {
 public:
  explicit HastyClock(timing::Duration look = std::chrono::seconds(4)) : look_(look) {}

  timing::Instant now() const override { return {}; }
  timing::Monotonic monotonic() const override { return now_ += look_; }
  bool sleepUntil(timing::Monotonic, const std::stop_token&) override { return true; }

 private:
  timing::Duration look_;
  mutable timing::Monotonic now_;
};

}  // namespace testing_support
