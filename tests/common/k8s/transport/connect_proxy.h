#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "common/k8s/connection/proxy.h"
#include "tests/common/k8s/transport/tls_test_server.h"

namespace testing_support {

/// An HTTP proxy on a free loopback port that is asked to CONNECT. What it does then is the test's
/// to write.
class ConnectProxy {
 public:
  /// Run for each connection once the head of the CONNECT has come; the connection is closed after
  /// it.
  using Behaviour = std::function<void(TlsPeer& client)>;
  explicit ConnectProxy(Behaviour behaviour);

  /// Whatever host is asked for, the tunnel ends at this port of 127.0.0.1.
  static Behaviour tunnelsTo(std::uint16_t port);
  static Behaviour answers(std::string text);

  /// As http://[user_info@]127.0.0.1:port.
  k8s::Proxy settings(const std::string& user_info = "") const;
  std::uint16_t port() const { return server_.port(); }
  /// The heads of all CONNECTs so far.
  std::vector<std::string> heads() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> heads_;
  Behaviour behaviour_;
  TlsTestServer server_;  // last: its threads use the others
};

}  // namespace testing_support
