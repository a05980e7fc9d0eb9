#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "common/time/deadline.h"

namespace k8s {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// Compares names of headers, which have no case.
bool isSameHeader(std::string_view left, std::string_view right);

struct HttpRequest {
  std::string method;  // "GET", "PATCH"...
  std::string target;  // path and query, percent-encoded, starting with '/'
  Headers headers;     // Authorization, Impersonate-*, Host, Content-Length are the transport's
  std::string body;
};

/// What came before the body.
struct HttpResponseHead {
  int status = 0;
  Headers headers;
  /// The first value of the header, compared without case; empty when there is none.
  std::string header(std::string_view name) const;
};

/// Why there is no (whole) response. `sent` tells a retry whether the server can have acted.
struct TransportError {
  enum class Kind {
    kConnect,  ///< DNS, refused, connect timeout: nothing was sent
    kProxy,    ///< a proxy turns us away: nothing was sent, retrying is useless
    kTrust,    ///< the server's certificate is not accepted: nothing was sent, retrying is useless
    kBroken,   ///< reset, unexpected end, cut body, malformed response
    kTimeout,  ///< the deadline passed
    kStopped,  ///< the stop token fired
    kCredentials,  ///< own credentials could not be read or refreshed: nothing was sent
    kUnsendable    ///< HTTP can't carry the request: nothing was sent, retrying is useless
  };
  Kind kind;
  std::string message;  // for people; names the server
  bool sent = true;     // false: not a byte of the request left, so any request may be repeated
};

/// Receives a response. Called on the sending thread.
class ResponseSink {
 public:
  virtual ~ResponseSink() = default;
  virtual void onHead(const HttpResponseHead& head) = 0;
  /// A piece of the body; false ends the transfer, which then counts as complete.
  virtual bool onData(std::string_view piece) = 0;
  /// Called about once a second until the response is there, between its pieces too; false ends the
  /// transfer as above. May use another request of the same transport (the connections are
  /// separate).
  virtual bool onIdle() { return true; }
};

/// How a request is sent: credentials, TLS, connections, and the end in spite of a stalled server.
/// One request at a time on a connection; a request made from within a sink uses another
/// connection. Not thread-safe.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;

  /// Sends and receives within `deadline`, and gives up within a fraction of a second when `stop`
  /// fires. A body shorter than announced is kBroken. A 401 is answered by fetching
  /// the credentials again and one more try, a refused certificate likewise by the CA. Redirects
  /// are not followed. Does not retry otherwise, save once when a kept connection turns out to be
  /// closed before a byte was received and the request is a GET.
  virtual tl::expected<void, TransportError> send(const HttpRequest& request, ResponseSink& sink,
                                                  timing::Deadline deadline,
                                                  const std::stop_token& stop) = 0;

  /// What the server said, as people may read it: without what it repeats of the credentials that
  /// were sent to it.
  virtual std::string withoutSecrets(std::string text) const { return text; }
};

}  // namespace k8s
