#include "common/k8s/transport/file_credentials.h"

#include <chrono>
#include <utility>

#include "common/k8s/transport/tls_context.h"

namespace k8s {
namespace {

/// As of a token.
constexpr auto kMaxAge = std::chrono::seconds(50);

}  // namespace

FileCredentials::FileCredentials(const Connection& connection, const timing::Clock& clock,
                                 TokenSource::ReadFile read_file)
    : token_(connection.token, connection.token_file, clock, read_file),
      certificate_(connection.client_certificate),
      key_(connection.client_key),
      read_file_(std::move(read_file)),
      clock_(clock),
      certificate_read_at_(clock.monotonic()) {}

tl::expected<Credentials, TransportError> FileCredentials::current(
    const Interruption& /*interruption*/) {
  auto token = token_.token();
  if (!token) {
    return tl::unexpected(
        TransportError{TransportError::Kind::kCredentials, std::move(token).error(), false});
  }
  if (certificateIsDue()) readCertificateAgain();
  last_ = {*std::move(token), certificate_.pem, key_.pem};
  return last_;
}

bool FileCredentials::isRenewable() const {
  return token_.isRenewable() || hasCertificateFiles();
}

void FileCredentials::refuse(const Credentials& used) {
  if (used != last_) return;
  token_.expire();
  certificate_read_at_.reset();
}

bool FileCredentials::hasCertificateFiles() const {
  return !certificate_.file.empty() || !key_.file.empty();
}

bool FileCredentials::certificateIsDue() const {
  return hasCertificateFiles() &&
         (!certificate_read_at_ || clock_.monotonic() - *certificate_read_at_ >= kMaxAge);
}

void FileCredentials::readCertificateAgain() {
  certificate_read_at_ = clock_.monotonic();
  const auto content_of = [this](const PemMaterial& material) {
    return material.file.empty() ? material.pem : read_file_(material.file);
  };
  auto certificate = content_of(certificate_);
  auto key = content_of(key_);
  if (!certificate || !key || problemWithIdentity(*certificate, *key)) return;
  certificate_.pem = *std::move(certificate);
  key_.pem = *std::move(key);
}

}  // namespace k8s
