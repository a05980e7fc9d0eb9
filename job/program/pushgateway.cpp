#include "job/program/pushgateway.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/StreamSocket.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "common/k8s/connection/base64.h"
#include "common/k8s/connection/connection.h"
#include "common/k8s/transport/interruption.h"
#include "common/k8s/transport/name_lookup.h"
#include "common/k8s/transport/response_head.h"
#include "common/k8s/transport/tcp_connect.h"
#include "common/k8s/transport/tls_context.h"
#include "common/k8s/transport/tls_stream.h"
#include "common/text/trimmed.h"
#include "common/text/utf8.h"
#include "job/cli/quoted.h"
#include "job/model/names.h"
#include "job/program/version.h"

namespace job {
namespace {

using k8s::Interruption;
using k8s::TlsStream;
using k8s::TransportError;
using Kind = TransportError::Kind;

template <typename Value>
using Result = tl::expected<Value, TransportError>;

/// A connection without encryption, with the calls of a TlsStream.
class PlainStream {
 public:
  explicit PlainStream(const Poco::Net::StreamSocket& socket) : socket_(socket) {}

  Result<void> write(std::string_view data, const Interruption& interruption) {
    while (!data.empty()) {
      if (const auto cause = interruption.cause()) {
        return tl::unexpected(TransportError{*cause, "while sending the metrics"});
      }
      const ssize_t sent = ::send(descriptor(), data.data(), data.size(), MSG_NOSIGNAL);
      if (sent >= 0) {
        data.remove_prefix(static_cast<std::size_t>(sent));
      } else if (isPassing(errno)) {
        interruption.wait(descriptor(), POLLOUT);
      } else {
        return tl::unexpected(broken());
      }
    }
    return {};
  }
  Result<TlsStream::ReadResult> readSome(char* buffer, std::size_t size) {
    const ssize_t received = ::recv(descriptor(), buffer, size, 0);
    if (received > 0) {
      return TlsStream::ReadResult{TlsStream::ReadState::kData, static_cast<std::size_t>(received)};
    }
    if (received == 0) return TlsStream::ReadResult{TlsStream::ReadState::kEnd};
    if (isPassing(errno)) return TlsStream::ReadResult{TlsStream::ReadState::kNothingYet};
    return tl::unexpected(broken());
  }
  void waitForData(const Interruption& interruption) const {
    interruption.wait(descriptor(), POLLIN);
  }

 private:
  static bool isPassing(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
  }
  static TransportError broken() { return {Kind::kBroken, std::strerror(errno)}; }
  int descriptor() const { return socket_.impl()->sockfd(); }

  Poco::Net::StreamSocket socket_;
};

struct Answer {
  int status = 0;
  std::string body;  // its beginning; empty for a success
};

/// Is there enough of the body to tell people what the server has to say?
bool isEnough(const Poco::Net::HTTPResponse& head, std::size_t received) try {
  constexpr std::size_t kMost = 1024;
  const bool refused = head.getStatus() >= Poco::Net::HTTPResponse::HTTP_BAD_REQUEST;
  return !refused || received >= kMost || !head.hasContentLength() ||
         received >= static_cast<std::uint64_t>(head.getContentLength64());
} catch (const Poco::Exception&) {
  return true;
}

template <typename Stream>
Result<Answer> readAnswer(Stream& stream, const Interruption& interruption) {
  constexpr std::size_t kLargestHead = 65536;
  std::array<char, 4096> buffer{};
  std::string text;
  Poco::Net::HTTPResponse head;
  const auto answer = [&](std::size_t end) {
    const bool framed = head.getChunkedTransferEncoding();
    return Answer{head.getStatus(), framed ? "" : text.substr(end)};
  };
  while (true) {
    const std::size_t end = k8s::endOfHead(text);
    const bool has_head = end != std::string::npos;
    if (has_head) {
      head.clear();
      if (!k8s::parseHead(text.substr(0, end), head)) {
        return tl::unexpected(TransportError{Kind::kBroken, "the answer is not HTTP/1.1"});
      }
      if (head.getStatus() < Poco::Net::HTTPResponse::HTTP_OK) {  // only announces
        text.erase(0, end);
        continue;
      }
      if (isEnough(head, text.size() - end)) return answer(end);
    }
    if (!has_head && text.size() > kLargestHead) {
      return tl::unexpected(TransportError{Kind::kBroken, "the answer's head is too large"});
    }
    if (const auto cause = interruption.cause()) {
      if (has_head) return answer(end);
      return tl::unexpected(TransportError{*cause, "while waiting for the answer"});
    }
    const auto read = stream.readSome(buffer.data(), buffer.size());
    if (read && read->state == TlsStream::ReadState::kData) {
      text.append(buffer.data(), read->length);
    } else if (read && read->state == TlsStream::ReadState::kNothingYet) {
      stream.waitForData(interruption);
    } else if (has_head) {
      return answer(end);
    } else if (!read) {
      return tl::unexpected(read.error());
    } else {
      return tl::unexpected(
          TransportError{Kind::kBroken, "the connection was closed without an answer"});
    }
  }
}

template <typename Stream>
Result<Answer> exchange(Stream& stream, const std::string& request,
                        const Interruption& interruption) {
  if (auto sent = stream.write(request, interruption); !sent) return tl::unexpected(sent.error());
  return readAnswer(stream, interruption);
}

std::string requestText(const PushgatewayUrl& url, const std::string& path,
                        const std::string& text) {
  std::string request = "POST " + url.prefix + path + " HTTP/1.1\r\n";
  const auto header = [&](std::string_view name, const std::string& value) {
    request += std::string(name) + ": " + value + "\r\n";
  };
  header("Host", url.authority);
  header("User-Agent", std::string(kProgramName) + "/" + std::string(kVersion));
  header("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  header("Content-Length", std::to_string(text.size()));
  if (!url.credentials.empty()) {
    header("Authorization", "Basic " + k8s::encodeBase64(url.credentials));
  }
  header("Connection", "close");
  return request + "\r\n" + text;
}

Result<Poco::Net::StreamSocket> connect(const PushgatewayUrl& url, const timing::Clock& clock,
                                        timing::Deadline deadline,
                                        const Interruption& interruption) {
  const auto addresses = k8s::addressesOf(url.host, url.port, k8s::askResolver, interruption);
  if (!addresses) return tl::unexpected(addresses.error());
  TransportError last{Kind::kConnect, "the name has no address"};
  for (std::size_t i = 0; i < addresses->size(); ++i) {
    // A dead address leaves time for the next.
    const auto share =
        deadline.remaining(clock) / static_cast<timing::Duration::rep>(addresses->size() - i);
    auto socket = k8s::connectTo((*addresses)[i], share, interruption);
    if (socket) return socket;
    last = std::move(socket).error();
    if (last.kind != Kind::kConnect) break;
  }
  return tl::unexpected(std::move(last));
}

Result<Answer> post(const PushgatewayUrl& url, const std::string& request,
                    const timing::Clock& clock, timing::Deadline deadline,
                    const Interruption& interruption) {
  auto socket = connect(url, clock, deadline, interruption);
  if (!socket) return tl::unexpected(std::move(socket).error());
  if (!url.encrypted) {
    PlainStream stream(*socket);
    return exchange(stream, request, interruption);
  }
  // Without a CA of its own the connection trusts the system's.
  const auto tls = k8s::makeTlsContext({.source = "TLS"}, url.host);
  if (!tls) return tl::unexpected(TransportError{Kind::kTrust, tls.error()});
  auto stream = TlsStream::open(*socket, *tls, interruption);
  if (!stream) return tl::unexpected(std::move(stream).error());
  return exchange(*stream, request, interruption);
}

std::string inWords(const TransportError& error) {
  switch (error.kind) {
    case Kind::kTimeout:
      return "no answer in time (" + error.message + ")";
    case Kind::kStopped:
      return "stopped " + error.message;
    default:
      return error.message;
  }
}

/// A Pushgateway's reasons have a line each.
std::string inOneLine(std::string_view body) {
  constexpr std::size_t kLongest = 300;
  std::string line(text::trimmed(text::cutUtf8(body, kLongest)));
  std::replace(line.begin(), line.end(), '\n', ' ');
  return escaped(line);
}

std::string inWords(const Answer& answer, const PushgatewayUrl& url) {
  constexpr int kRedirects = 300;
  constexpr int kErrors = 400;
  // Known words for the status rather than its own, which may repeat the password.
  const auto known = static_cast<Poco::Net::HTTPResponse::HTTPStatus>(answer.status);
  std::string text = "it answered " + std::to_string(answer.status) + " " +
                     Poco::Net::HTTPResponse::getReasonForStatus(known);
  if (answer.status >= kRedirects && answer.status < kErrors) {
    return text + ", and redirects are not followed: give the address it leads to";
  }
  // What a server says to somebody with a password may contain it.
  if (answer.body.empty() || !url.credentials.empty()) return text;
  return text + ": " + inOneLine(answer.body);
}

}  // namespace

std::optional<std::string> push(const PushgatewayUrl& url, const std::string& path,
                                const std::string& text, const timing::Clock& clock,
                                timing::Deadline deadline, const std::stop_token& stop) {
  const Interruption interruption(clock, deadline, stop);
  const auto answer = post(url, requestText(url, path, text), clock, deadline, interruption);
  if (!answer) return inWords(answer.error());
  if (answer->status >= 200 && answer->status < 300) return std::nullopt;
  return inWords(*answer, url);
}

}  // namespace job
