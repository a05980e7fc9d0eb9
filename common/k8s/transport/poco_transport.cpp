#include "common/k8s/transport/poco_transport.h"

#include <algorithm>
#include <utility>

#include "common/k8s/connection/server_url.h"
#include "common/k8s/transport/credential_source.h"
#include "common/k8s/transport/header_text.h"
#include "common/k8s/transport/http_session.h"
#include "common/k8s/transport/impersonation_headers.h"
#include "common/k8s/transport/interruption.h"
#include "common/k8s/transport/secrets.h"
#include "common/k8s/transport/tls_context.h"
#include "common/text/trimmed.h"

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

bool isWritable(const HttpRequest& request) {
  return isHeaderText(request.method) && isHeaderText(request.target) &&
         request.target.starts_with('/') && request.target.find(' ') == std::string::npos &&
         std::all_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
           return isHeaderText(header.first) && isHeaderText(header.second);
         });
}

}  // namespace

struct PocoTransport::Impl {
  using Result = tl::expected<void, TransportError>;

  /// With one more try after a 401.
  Result exchange(const HttpRequest& request, ResponseSink& sink, const Interruption& interruption);
  /// With one more try after the CA was replaced.
  Result exchangeAs(const Credentials& credentials, const HttpRequest& request, ResponseSink& sink,
                    const Interruption& interruption);
  /// Makes the next connections present this certificate.
  Result present(const Credentials& credentials);
  /// Takes over what the CA's file holds now; false when that is nothing new or nothing usable.
  bool readAuthorityAgain();
  tl::expected<void, std::string> connectAs(Connection changed);

  const timing::Clock& clock;
  ServerUrl url;
  Surroundings surroundings;
  Connection connection;  // with the CA and the certificate that the session uses
  Headers impersonation;
  std::unique_ptr<CredentialSource> credential_source;
  HttpSession session;
  Secrets secrets = {};  // sent so far
};

tl::expected<void, TransportError> PocoTransport::Impl::exchange(const HttpRequest& request,
                                                                 ResponseSink& sink,
                                                                 const Interruption& interruption) {
  const auto credentials = credential_source->current(interruption);
  if (!credentials) return tl::unexpected(credentials.error());
  if (!credential_source->isRenewable())
    return exchangeAs(*credentials, request, sink, interruption);
  SinkBefore401 guarded(sink);
  auto first = exchangeAs(*credentials, request, guarded, interruption);
  if (!guarded.wantsAnotherTry()) return first;
  // Any method: it was not carried out. Even when the renewal brings nothing new: what the server
  // checks credentials with may have been out of order for a moment, and the second answer is the
  // one that is passed on.
  credential_source->refuse(*credentials);
  const auto renewed = credential_source->current(interruption);
  if (!renewed) return tl::unexpected(renewed.error());
  return exchangeAs(*renewed, request, sink, interruption);
}

tl::expected<void, TransportError> PocoTransport::Impl::exchangeAs(
    const Credentials& credentials, const HttpRequest& request, ResponseSink& sink,
    const Interruption& interruption) {
  if (auto presented = present(credentials); !presented) return presented;
  Headers identity = impersonation;
  if (!credentials.token.empty()) {
    secrets.add(credentials.token);
    identity.emplace_back("Authorization", "Bearer " + credentials.token);
  }
  auto done = session.exchange(request, identity, sink, interruption);
  if (done || done.error().kind != Kind::kTrust || !readAuthorityAgain()) return done;
  return session.exchange(request, identity, sink, interruption);
}

tl::expected<void, TransportError> PocoTransport::Impl::present(const Credentials& credentials) {
  if (credentials.client_certificate_pem == connection.client_certificate.pem &&
      credentials.client_key_pem == connection.client_key.pem) {
    return {};
  }
  Connection changed = connection;
  changed.client_certificate.pem = credentials.client_certificate_pem;
  changed.client_key.pem = credentials.client_key_pem;
  return connectAs(std::move(changed)).map_error([](std::string problem) {
    return TransportError{Kind::kCredentials, std::move(problem), false};
  });
}

bool PocoTransport::Impl::readAuthorityAgain() {
  if (connection.ca.file.empty()) return false;
  auto read = surroundings.read_file(connection.ca.file);
  // An empty one would mean «trust the system's».
  if (!read || text::trimmed(*read).empty() || *read == connection.ca.pem) return false;
  Connection changed = connection;
  changed.ca.pem = *std::move(read);
  return connectAs(std::move(changed)).has_value();
}

tl::expected<void, std::string> PocoTransport::Impl::connectAs(Connection changed) {
  auto tls = makeTlsContext(changed, url.host);
  if (!tls) return tl::unexpected(std::move(tls).error());
  session.replaceTls(*std::move(tls));
  connection = std::move(changed);
  return {};
}

tl::expected<std::unique_ptr<PocoTransport>, std::string> PocoTransport::create(
    const Connection& connection, timing::Clock& clock, const Surroundings& surroundings) {
  const auto unusable = [&connection](const std::string& problem) {
    return tl::unexpected(connection.source + ": " + problem);
  };
  const auto url = parseServerUrl(connection.server);
  if (!url) return unusable(url.error());
  auto impersonation = impersonationHeaders(connection.impersonation);
  if (!impersonation) return unusable(impersonation.error());
  auto tls = makeTlsContext(connection, url->host);
  if (!tls) return tl::unexpected(std::move(tls).error());
  return std::unique_ptr<PocoTransport>(new PocoTransport(std::unique_ptr<Impl>(
      new Impl{.clock = clock,
               .url = *url,
               .surroundings = surroundings,
               .connection = connection,
               .impersonation = *std::move(impersonation),
               .credential_source = credentialSourceOf(connection, clock, surroundings),
               .session = HttpSession(*url, connection.proxy, *std::move(tls))})));
}

PocoTransport::PocoTransport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PocoTransport::~PocoTransport() = default;

tl::expected<void, TransportError> PocoTransport::send(const HttpRequest& request,
                                                       ResponseSink& sink,
                                                       timing::Deadline deadline,
                                                       const std::stop_token& stop) {
  if (!isWritable(request)) {
    return tl::unexpected(TransportError{
        Kind::kUnsendable, "the request's target or headers hold what HTTP can't carry", false});
  }
  const Interruption interruption(impl_->clock, deadline, stop);
  if (const auto cause = interruption.cause()) {
    return tl::unexpected(
        TransportError{*cause, "https://" + impl_->url.authority + ": before the request", false});
  }
  return impl_->exchange(request, sink, interruption);
}

std::string PocoTransport::withoutSecrets(std::string text) const {
  return impl_->secrets.redacted(std::move(text));
}

}  // namespace k8s
