#pragma once

#include <Poco/Net/Context.h>

#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "common/k8s/connection/connection.h"

namespace k8s {

/// Poco's TLS, initialised as long as one of these lives.
class TlsLibrary {
 public:
  TlsLibrary();
  ~TlsLibrary();
  TlsLibrary(const TlsLibrary&) = delete;
  TlsLibrary& operator=(const TlsLibrary&) = delete;
};

/// What a TLS handshake with one server needs: whom to trust, who it must be, who we are. Shared by
/// the connections made with it, which outlast its replacement. Used by one thread.
struct TlsContext {
  TlsLibrary library;  // first: nothing below may outlive it
  Poco::Net::Context::Ptr poco;
  std::string server_name;  // that the certificate must carry: a DNS name or an IP address
  bool name_is_address = false;
  std::string refusal;  // why the certificate was refused in a handshake, for people
};

/// `host` is the bare host of the server's URL. The error names what in the connection is unusable.
tl::expected<std::shared_ptr<TlsContext>, std::string> makeTlsContext(const Connection& connection,
                                                                      const std::string& host);

/// Why a client certificate and its key, as PEM, can't be presented; nothing when they can.
std::optional<std::string> problemWithIdentity(const std::string& certificate_pem,
                                               const std::string& key_pem);

}  // namespace k8s
