#pragma once

#include <memory>
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
/// the outer one's connection taken and uses another. One thread.
class HttpSession {
 public:
  HttpSession(ServerUrl url, std::optional<Proxy> proxy, std::shared_ptr<TlsContext> tls)
      : url_(std::move(url)), dialer_(url_, std::move(proxy)), tls_(std::move(tls)) {}

  /// From here on connections are made with `tls`, and none made before is used again. A request in
  /// whose sink this is called ends on the connection it has.
  void replaceTls(std::shared_ptr<TlsContext> tls);

  /// As HttpTransport::send, once; `identity` are the headers that say who we are.
  tl::expected<void, TransportError> exchange(const HttpRequest& request, const Headers& identity,
                                              ResponseSink& sink, const Interruption& interruption);

 private:
  struct KeptStream {
    TlsStream stream;
    timing::Monotonic since;
  };
  std::optional<TlsStream> takeKept(const Interruption& interruption);
  std::string textOf(const HttpRequest& request, const Headers& identity) const;

  ServerUrl url_;
  Dialer dialer_;
  std::shared_ptr<TlsContext> tls_;
  std::vector<KeptStream> kept_;
};

}  // namespace k8s
