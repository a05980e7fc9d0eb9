#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "common/k8s/connection/server_url.h"
#include "common/k8s/http.h"
#include "common/k8s/transport/dialer.h"
#include "common/k8s/transport/interruption.h"
#include "common/k8s/transport/tls_context.h"
#include "common/k8s/transport/tls_stream.h"

namespace k8s {

/// HTTP/1.1 with one server, over connections that are kept between requests. Poco writes and
/// parses the heads; the body's end is found here, since a Poco 1.11 stream neither tells a cut
/// body from a whole one nor hands out pieces as they come. A request made from within a sink finds
/// the outer one's connection taken and uses another. One thread. `tls` is borrowed.
class HttpSession {
 public:
  HttpSession(ServerUrl url, std::optional<Proxy> proxy, TlsContext& tls)
      : url_(std::move(url)), dialer_(url_, std::move(proxy)), tls_(tls) {}

  /// As HttpTransport::send, with the credentials given. `token` may be empty.
  tl::expected<void, TransportError> exchange(const HttpRequest& request, const std::string& token,
                                              ResponseSink& sink, const Interruption& interruption);

 private:
  struct KeptStream {
    TlsStream stream;
    timing::Monotonic since;
  };
  std::optional<TlsStream> takeKept(const Interruption& interruption);
  std::string textOf(const HttpRequest& request, const std::string& token) const;

  ServerUrl url_;
  Dialer dialer_;
  TlsContext& tls_;
  std::vector<KeptStream> kept_;
};

}  // namespace k8s
