#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "common/k8s/connection/connection.h"
#include "common/k8s/http.h"
#include "common/time/clock.h"

namespace k8s {

/// HttpTransport over Poco's TLS sockets. Connections are kept; a request made from within a
/// sink (a Lease renewal during a watch) uses another than the outer one. The sockets never block,
/// so the deadline and the stop token end a request in any state. Ignores
/// SIGPIPE in the process unless somebody handles it.
class PocoTransport final : public HttpTransport {
 public:
  /// `surroundings` is where files are read again and a credential plugin gets its environment
  /// from. The error names what in the connection can't be used (a server that is not https, a CA
  /// that is not PEM, a key that does not match...).
  static tl::expected<std::unique_ptr<PocoTransport>, std::string> create(
      const Connection& connection, timing::Clock& clock, const Surroundings& surroundings);
  ~PocoTransport() override;

  tl::expected<void, TransportError> send(const HttpRequest& request, ResponseSink& sink,
                                          timing::Deadline deadline,
                                          const std::stop_token& stop) override;
  /// Without any token that was sent so far, plain or in base64.
  std::string withoutSecrets(std::string text) const override;

 private:
  struct Impl;
  explicit PocoTransport(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace k8s
