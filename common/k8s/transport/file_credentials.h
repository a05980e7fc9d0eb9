#pragma once

#include <optional>

#include "common/k8s/transport/credential_source.h"
#include "common/k8s/transport/token_source.h"

namespace k8s {

/// The token and the client certificate of a connection: as they were given, or from files. The
/// token's file is read as TokenSource says, the certificate's and the key's again when 50 s old,
/// as a server that wants one may refuse an old one without a 401, and after refuse(). A pair that
/// can't be read or does not fit together, as while the files are being replaced, is left alone.
class FileCredentials final : public CredentialSource {
 public:
  FileCredentials(const Connection& connection, const timing::Clock& clock,
                  TokenSource::ReadFile read_file);

  tl::expected<Credentials, TransportError> current(const Interruption& interruption) override;
  bool isRenewable() const override;
  void refuse(const Credentials& used) override;

 private:
  bool hasCertificateFiles() const;
  bool certificateIsDue() const;
  void readCertificateAgain();

  TokenSource token_;
  PemMaterial certificate_;
  PemMaterial key_;
  TokenSource::ReadFile read_file_;
  Credentials last_;
  const timing::Clock& clock_;
  std::optional<timing::Monotonic> certificate_read_at_;
};

}  // namespace k8s
