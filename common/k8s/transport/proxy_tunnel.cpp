#include "common/k8s/transport/proxy_tunnel.h"

#include <Poco/Net/HTTPResponse.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "common/k8s/transport/response_head.h"

namespace k8s {
namespace {

using Kind = TransportError::Kind;
using Poco::Net::HTTPResponse;

constexpr auto kTunnelCap = std::chrono::seconds(10);
constexpr std::size_t kLargestHead = 16384;

/// The plain bytes to and from the proxy.
class ProxyTalk {
 public:
  ProxyTalk(int socket, const Interruption& interruption)
      : socket_(socket),
        interruption_(interruption),
        cap_(timing::Deadline::in(interruption.clock(), kTunnelCap)) {}

  tl::expected<void, TransportError> say(std::string_view text) {
    while (!text.empty()) {
      const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent >= 0) {
        text.remove_prefix(static_cast<std::size_t>(sent));
      } else if (auto waited = waitFor(POLLOUT); !waited) {
        return waited;
      }
    }
    return {};
  }

  /// A response's head, and whatever came along with it.
  tl::expected<std::string, TransportError> hear() {
    std::string heard;
    std::array<char, 4096> buffer;
    while (endOfHead(heard) == std::string::npos) {
      if (heard.size() > kLargestHead) return failed("the answer has no end");
      const auto received = ::recv(socket_, buffer.data(), buffer.size(), 0);
      if (received > 0) {
        heard.append(buffer.data(), static_cast<std::size_t>(received));
      } else if (received == 0) {
        return failed("the connection was closed without a whole answer");
      } else if (auto waited = waitFor(POLLIN); !waited) {
        return tl::unexpected(std::move(waited).error());
      }
    }
    return heard;
  }

  static tl::unexpected<TransportError> failed(std::string message) {
    return tl::unexpected(TransportError{Kind::kConnect, std::move(message), false});
  }

 private:
  /// After a call that did nothing, as errno tells.
  tl::expected<void, TransportError> waitFor(short events) {
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
      return failed(std::strerror(errno));
    }
    if (const auto cause = interruption_.cause()) {
      return tl::unexpected(TransportError{*cause, "while the tunnel was made", false});
    }
    if (cap_.passed(interruption_.clock())) return failed("no answer within 10 s");
    interruption_.wait(socket_, events);
    return {};
  }

  int socket_;
  const Interruption& interruption_;
  timing::Deadline cap_;
};

/// The server as CONNECT has it: always with its port.
std::string targetOf(const ServerUrl& server) {
  return bracketed(server.host) + ":" + std::to_string(server.port);
}

std::string requestFor(const std::string& target, const Proxy& proxy) {
  std::string request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
  if (!proxy.authorization.empty()) {
    request += "Proxy-Authorization: " + proxy.authorization + "\r\n";
  }
  return request + "\r\n";
}

/// Overload, and a server that the proxy does not reach right now.
bool mayPass(int status) {
  switch (status) {
    case HTTPResponse::HTTP_REQUEST_TIMEOUT:
    case HTTPResponse::HTTP_TOO_MANY_REQUESTS:
      return true;
    case HTTPResponse::HTTP_NOT_IMPLEMENTED:
    case HTTPResponse::HTTP_VERSION_NOT_SUPPORTED:
      return false;
    default:
      return status >= HTTPResponse::HTTP_INTERNAL_SERVER_ERROR;
  }
}

std::string cureOf(int status, const Proxy& proxy) {
  if (status == HTTPResponse::HTTP_PROXY_AUTHENTICATION_REQUIRED) {
    return proxy.authorization.empty() ? ": its URL must be http://user:password@" + proxy.authority
                                       : ": the user and password in its URL are not accepted";
  }
  return ": the proxy must allow this host and port, or not be used for them";
}

TransportError turnedAway(int status, const std::string& target, const Proxy& proxy) {
  // Known words for the status rather than the proxy's own.
  const std::string answer =
      "CONNECT " + target + " is answered by " + std::to_string(status) + " " +
      HTTPResponse::getReasonForStatus(static_cast<HTTPResponse::HTTPStatus>(status));
  if (mayPass(status)) return {Kind::kConnect, answer, false};
  return {Kind::kProxy, answer + cureOf(status, proxy), false};
}

}  // namespace

tl::expected<void, TransportError> openTunnel(const Poco::Net::StreamSocket& socket,
                                              const Proxy& proxy, const ServerUrl& server,
                                              const Interruption& interruption) {
  ProxyTalk talk(socket.impl()->sockfd(), interruption);
  const std::string target = targetOf(server);
  const auto answer = talk.say(requestFor(target, proxy)).and_then([&talk] { return talk.hear(); });
  if (!answer) return tl::unexpected(answer.error());
  const std::size_t end = endOfHead(*answer);
  HTTPResponse response;
  if (!parseHead(answer->substr(0, end), response)) {
    return ProxyTalk::failed("the answer is not HTTP: is this an http proxy?");
  }
  const int status = response.getStatus();
  if (status < 200 || status > 299) return tl::unexpected(turnedAway(status, target, proxy));
  // The client speaks first in TLS: nothing can have come from the server yet.
  if (end < answer->size()) return ProxyTalk::failed("the answer goes on where TLS should begin");
  return {};
}

}  // namespace k8s
