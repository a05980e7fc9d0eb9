#include "common/k8s/transport/http_session.h"

#include <Poco/Net/HTTPRequest.h>
#include <Poco/String.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <sstream>
#include <utility>

#include "common/k8s/transport/response_reader.h"

namespace k8s {
namespace {

using Kind = TransportError::Kind;

/// Below the idle limits of load balancers, most of which say nothing when they drop a connection.
constexpr auto kMaxIdle = std::chrono::seconds(30);

bool isTransportsOwn(const std::string& header) {
  static constexpr std::array kOwn{"Authorization", "Host", "Content-Length", "Connection",
                                   "Transfer-Encoding"};
  static const std::string impersonate = "Impersonate-";
  return Poco::icompare(header, 0, impersonate.size(), impersonate) == 0 ||
         std::any_of(kOwn.begin(), kOwn.end(),
                     [&header](const char* own) { return isSameHeader(header, own); });
}

/// The body of any other method would be without meaning, or need no length when empty.
bool announcesLength(const HttpRequest& request) {
  return !request.body.empty() || request.method == "POST" || request.method == "PUT" ||
         request.method == "PATCH";
}

TransportError at(const ServerUrl& url, TransportError error) {
  error.message = "https://" + url.authority + ": " + error.message;
  return error;
}

}  // namespace

void HttpSession::replaceTls(std::shared_ptr<TlsContext> tls) {
  tls_ = std::move(tls);
  kept_.clear();
}

tl::expected<void, TransportError> HttpSession::exchange(const HttpRequest& request,
                                                         const Headers& identity,
                                                         ResponseSink& sink,
                                                         const Interruption& interruption) {
  const std::string text = textOf(request, identity);
  std::optional<TlsStream> stream = takeKept(interruption);
  // Whether a kept connection still works shows only in use.
  bool may_be_closed = stream.has_value();
  while (true) {
    if (!stream) {
      auto opened = dialer_.open(tls_, interruption);
      if (!opened) return tl::unexpected(at(url_, std::move(opened).error()));
      stream = *std::move(opened);
    }
    ResponseReader reader(*stream, sink, interruption);
    auto done =
        stream->write(text, interruption).and_then([&] { return reader.read(request.method); });
    if (done) {
      if (reader.connectionIsReusable() && stream->uses(tls_)) {
        kept_.push_back({*std::move(stream), interruption.clock().monotonic()});
      }
      return {};
    }
    const bool again = may_be_closed && done.error().kind == Kind::kBroken &&
                       !reader.hasReceived() && request.method == "GET";
    if (!again) return tl::unexpected(at(url_, std::move(done).error()));
    may_be_closed = false;
    stream.reset();
  }
}

std::optional<TlsStream> HttpSession::takeKept(const Interruption& interruption) {
  const timing::Monotonic now = interruption.clock().monotonic();
  while (!kept_.empty()) {
    KeptStream kept = std::move(kept_.back());
    kept_.pop_back();
    if (now - kept.since < kMaxIdle && !kept.stream.isStale()) return std::move(kept.stream);
  }
  return {};
}

std::string HttpSession::textOf(const HttpRequest& request, const Headers& identity) const {
  Poco::Net::HTTPRequest head(request.method, url_.prefix + request.target,
                              Poco::Net::HTTPMessage::HTTP_1_1);
  head.set("Host", url_.authority);
  for (const auto& [name, value] : identity) head.add(name, value);
  for (const auto& [name, value] : request.headers) {
    if (!isTransportsOwn(name)) head.add(name, value);
  }
  if (announcesLength(request)) head.set("Content-Length", std::to_string(request.body.size()));
  std::ostringstream text;
  head.write(text);
  text << request.body;
  return std::move(text).str();
}

}  // namespace k8s
