#include "common/k8s/transport/poco_transport.h"

#include <algorithm>
#include <utility>

#include "common/k8s/connection/server_url.h"
#include "common/k8s/transport/http_session.h"
#include "common/k8s/transport/interruption.h"
#include "common/k8s/transport/tls_context.h"
#include "common/k8s/transport/token_source.h"

namespace k8s {
namespace {

using Kind = TransportError::Kind;

constexpr int kUnauthorized = 401;

/// Passes a response on, unless it is a 401: that one is kept back, so that the request can be
/// tried again with other credentials.
class SinkBefore401 final : public ResponseSink {
 public:
  explicit SinkBefore401(ResponseSink& sink) : sink_(sink) {}

  void onHead(const HttpResponseHead& head) override {
    unauthorized_ = head.status == kUnauthorized;
    if (!unauthorized_) sink_.onHead(head);
  }
  bool onData(std::string_view piece) override { return unauthorized_ || sink_.onData(piece); }
  bool onIdle() override {
    ended_ = ended_ || !sink_.onIdle();
    return !ended_;
  }

  bool wantsAnotherTry() const { return unauthorized_ && !ended_; }

 private:
  ResponseSink& sink_;
  bool unauthorized_ = false;
  bool ended_ = false;
};

/// A line break in what becomes the request's head would smuggle in other headers or requests.
bool isOneLine(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](char character) {
    return static_cast<unsigned char>(character) < ' ' || character == '\x7f';
  });
}

bool isWritable(const HttpRequest& request) {
  return isOneLine(request.method) && isOneLine(request.target) &&
         request.target.starts_with('/') && request.target.find(' ') == std::string::npos &&
         std::all_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
           return isOneLine(header.first) && isOneLine(header.second);
         });
}

}  // namespace

struct PocoTransport::Impl {
  Impl(const timing::Clock& wanted_clock, const ServerUrl& url, std::optional<Proxy> proxy,
       TokenSource tokens, std::unique_ptr<TlsContext> context)
      : clock(wanted_clock),
        authority(url.authority),
        token_source(std::move(tokens)),
        tls(std::move(context)),
        session(url, std::move(proxy), *tls) {}

  tl::expected<void, TransportError> exchange(const HttpRequest& request, ResponseSink& sink,
                                              const Interruption& interruption);

  const timing::Clock& clock;
  const std::string authority;
  TokenSource token_source;
  std::unique_ptr<TlsContext> tls;  // outlives the session
  HttpSession session;
};

tl::expected<void, TransportError> PocoTransport::Impl::exchange(const HttpRequest& request,
                                                                 ResponseSink& sink,
                                                                 const Interruption& interruption) {
  const auto token = token_source.token();
  if (!token) {
    return tl::unexpected(TransportError{Kind::kCredentials, token.error(), false});
  }
  if (!token_source.isRenewable()) return session.exchange(request, *token, sink, interruption);
  SinkBefore401 guarded(sink);
  auto first = session.exchange(request, *token, guarded, interruption);
  if (!first || !guarded.wantsAnotherTry()) return first;
  token_source.expire();
  return session.exchange(request, token_source.token().value_or(*token), sink, interruption);
}

tl::expected<std::unique_ptr<PocoTransport>, std::string> PocoTransport::create(
    const Connection& connection, timing::Clock& clock) {
  const auto url = parseServerUrl(connection.server);
  if (!url) return tl::unexpected(connection.source + ": " + url.error());
  auto tls = makeTlsContext(connection, url->host);
  if (!tls) return tl::unexpected(std::move(tls).error());
  TokenSource tokens(connection.token, connection.token_file, clock,
                     Surroundings::ofProcess().read_file);
  return std::unique_ptr<PocoTransport>(new PocoTransport(
      std::make_unique<Impl>(clock, *url, connection.proxy, std::move(tokens), *std::move(tls))));
}

PocoTransport::PocoTransport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PocoTransport::~PocoTransport() = default;

tl::expected<void, TransportError> PocoTransport::send(const HttpRequest& request,
                                                       ResponseSink& sink,
                                                       timing::Deadline deadline,
                                                       const std::stop_token& stop) {
  if (!isWritable(request)) {
    return tl::unexpected(TransportError{
        Kind::kBroken, "the request's target or headers hold what HTTP can't carry", false});
  }
  const Interruption interruption(impl_->clock, deadline, stop);
  if (const auto cause = interruption.cause()) {
    return tl::unexpected(
        TransportError{*cause, "https://" + impl_->authority + ": before the request", false});
  }
  return impl_->exchange(request, sink, interruption);
}

}  // namespace k8s
