#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace testing_support {

enum class KeyFormat { kPkcs8Ec, kSec1Ec, kPkcs1Rsa, kEncrypted };

/// What a certificate is to say; the defaults make one that is valid now.
struct CertificateWish {
  std::string common_name = "test";
  std::vector<std::string> dns_names = {};                   // SAN
  std::vector<std::string> ip_addresses = {};                // SAN, IPv4 or IPv6 without brackets
  std::chrono::seconds valid_from = -std::chrono::hours(1);  // relative to now
  std::chrono::seconds valid_until = std::chrono::hours(24);
  KeyFormat key_format = KeyFormat::kPkcs8Ec;
};

struct CertificateAndKey {
  std::string certificate_pem;
  std::string key_pem;
};

/// A certificate authority in memory, made anew in each process: tests need no files and nothing of
/// theirs expires. Aborts the process when OpenSSL fails. Not thread-safe.
class TestCertificateAuthority {
 public:
  explicit TestCertificateAuthority(const std::string& common_name = "test CA");
  ~TestCertificateAuthority();
  TestCertificateAuthority(TestCertificateAuthority&&) noexcept;
  TestCertificateAuthority& operator=(TestCertificateAuthority&&) noexcept;

  std::string pem() const;
  CertificateAndKey issue(const CertificateWish& wish) const;
  /// An authority whose own certificate is signed by this one.
  TestCertificateAuthority intermediate(const std::string& common_name) const;

 private:
  struct Impl;
  explicit TestCertificateAuthority(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// A server certificate as a cluster on this machine would have: localhost, 127.0.0.1 and ::1.
CertificateAndKey issueForLoopback(const TestCertificateAuthority& authority);

}  // namespace testing_support
