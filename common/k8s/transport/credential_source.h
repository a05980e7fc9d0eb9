#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "common/k8s/connection/connection.h"
#include "common/k8s/http.h"
#include "common/k8s/transport/interruption.h"

namespace k8s {

/// What a request proves our identity with. Holds secrets.
struct Credentials {
  std::string token;  // empty: none
  std::string client_certificate_pem;
  std::string client_key_pem;
  friend bool operator==(const Credentials&, const Credentials&) = default;
};

/// Where credentials come from: fixed text, files that are replaced from time to time, a plugin
/// that makes them. One thread.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;
  /// Those to use now, fetched anew when due. When that fails, those before serve on as long as
  /// they may be good. Errors have sent = false: kTimeout and kStopped; kConnect when another
  /// try may bring some, as it may when any came before; else kCredentials.
  virtual tl::expected<Credentials, TransportError> current(const Interruption& interruption) = 0;
  /// Whether fetching again, as after a 401, may bring others.
  virtual bool isRenewable() const = 0;
  /// The server does not take these: the next current() fetches again, unless others have come
  /// since, as when a request within a request met the same.
  virtual void refuse(const Credentials& used) = 0;
};

/// The source that a connection asks for: its plugin, else its files and fixed text.
std::unique_ptr<CredentialSource> credentialSourceOf(const Connection& connection,
                                                     const timing::Clock& clock,
                                                     const Surroundings& surroundings);

}  // namespace k8s
