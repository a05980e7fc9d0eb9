#pragma once

#include "common/k8s/transport/credential_source.h"
#include "common/k8s/transport/token_source.h"

namespace k8s {

/// The token and the client certificate of a connection: as they were given, or from files. The
/// token's file is read as TokenSource says, the certificate's and the key's only after expire():
/// the connection has their content at first. A pair that can't be read or does not fit together,
/// as while the files are being replaced, is left alone.
class FileCredentials final : public CredentialSource {
 public:
  FileCredentials(const Connection& connection, const timing::Clock& clock,
                  TokenSource::ReadFile read_file);

  tl::expected<Credentials, TransportError> current(const Interruption& interruption) override;
  bool isRenewable() const override;
  void expire() override;

 private:
  bool hasCertificateFiles() const;
  void readCertificateAgain();

  TokenSource token_;
  PemMaterial certificate_;
  PemMaterial key_;
  TokenSource::ReadFile read_file_;
  bool certificate_is_due_ = false;
};

}  // namespace k8s
