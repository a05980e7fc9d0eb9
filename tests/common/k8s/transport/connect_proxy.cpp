#include "tests/common/k8s/transport/connect_proxy.h"

#include <utility>

namespace testing_support {

ConnectProxy::ConnectProxy(Behaviour behaviour)
    : behaviour_(std::move(behaviour)),
      server_({.speaks_tls = false}, [this](TlsPeer& client, int) {
        const auto head = client.readRequest();
        if (!head) return;
        {
          const std::lock_guard lock(mutex_);
          heads_.push_back(*head);
        }
        behaviour_(client);
      }) {}

ConnectProxy::Behaviour ConnectProxy::tunnelsTo(std::uint16_t port) {
  return [port](TlsPeer& client) {
    client.sendRaw("HTTP/1.1 200 Connection established\r\n\r\n");
    client.tunnelTo(port);
  };
}

ConnectProxy::Behaviour ConnectProxy::answers(std::string text) {
  return [text = std::move(text)](TlsPeer& client) {
    client.sendRaw(text);
    client.waitUntilClientLeaves();
  };
}

k8s::Proxy ConnectProxy::settings(const std::string& user_info) const {
  const std::string at = user_info.empty() ? "" : user_info + "@";
  return k8s::parseProxyUrl("http://" + at + "127.0.0.1:" + std::to_string(port()),
                            "the test's HTTPS_PROXY")
      .value();
}

std::vector<std::string> ConnectProxy::heads() const {
  const std::lock_guard lock(mutex_);
  return heads_;
}

}  // namespace testing_support
