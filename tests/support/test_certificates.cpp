#include "tests/support/test_certificates.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace testing_support {
namespace {

template <auto function>
struct FreeWith {
  template <typename T>
  void operator()(T* pointer) const {
    function(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreeWith<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>>;
using Bio = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;

void require(bool worked, const char* what) {
  if (worked) return;
  std::fprintf(stderr, "test certificates: %s failed\n", what);
  ERR_print_errors_fp(stderr);
  std::abort();
}

Key makeKey(KeyFormat format) {
  Key key(format == KeyFormat::kPkcs1Rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256"));
  require(key != nullptr, "key generation");
  return key;
}

std::string textOf(BIO* bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(length)};
}

std::string pemOf(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_X509(bio.get(), certificate) == 1, "writing a certificate");
  return textOf(bio.get());
}

std::string pemOf(EVP_PKEY* key, KeyFormat format) {
  const Bio bio(BIO_new(BIO_s_mem()));
  const bool traditional = format == KeyFormat::kSec1Ec || format == KeyFormat::kPkcs1Rsa;
  const EVP_CIPHER* cipher = format == KeyFormat::kEncrypted ? EVP_aes_128_cbc() : nullptr;
  char passphrase[] = "passphrase";
  const int worked = traditional ? PEM_write_bio_PrivateKey_traditional(
                                       bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr)
                                 : PEM_write_bio_PKCS8PrivateKey(bio.get(), key, cipher, passphrase,
                                                                 cipher ? 10 : 0, nullptr, nullptr);
  require(worked == 1, "writing a key");
  return textOf(bio.get());
}

void addExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  require(extension != nullptr, value.c_str());
  require(X509_add_ext(certificate, extension.get(), -1) == 1, "adding an extension");
}

std::string alternativeNames(const CertificateWish& wish) {
  std::string names;
  const auto add = [&names](const std::string& kind, const std::string& value) {
    if (!names.empty()) names += ",";
    names += kind + value;
  };
  for (const std::string& name : wish.dns_names) add("DNS:", name);
  for (const std::string& address : wish.ip_addresses) add("IP:", address);
  return names;
}

/// Everything but issuer, extensions and signature.
Certificate makeBody(const CertificateWish& wish, EVP_PKEY* key) {
  Certificate certificate(X509_new());
  require(certificate != nullptr, "X509_new");
  X509_set_version(certificate.get(), X509_VERSION_3);
  std::uint32_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial));
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), wish.valid_from.count());
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), wish.valid_until.count());
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(wish.common_name.c_str()), -1,
                             -1, 0);
  return certificate;
}

void sign(X509* certificate, EVP_PKEY* key) {
  require(X509_sign(certificate, key, EVP_sha256()) > 0, "signing");
}

}  // namespace

struct TestCertificateAuthority::Impl {
  Key key;
  Certificate certificate;

  /// Self-signed when there is no issuer.
  static std::unique_ptr<Impl> make(const std::string& common_name, const Impl* issuer) {
    auto impl = std::make_unique<Impl>();
    impl->key = makeKey(KeyFormat::kPkcs8Ec);
    impl->certificate = makeBody({.common_name = common_name}, impl->key.get());
    X509* own = impl->certificate.get();
    X509* signer = issuer ? issuer->certificate.get() : own;
    X509_set_issuer_name(own, X509_get_subject_name(signer));
    addExtension(own, signer, NID_basic_constraints, "critical,CA:TRUE");
    addExtension(own, signer, NID_key_usage, "critical,keyCertSign,cRLSign");
    addExtension(own, signer, NID_subject_key_identifier, "hash");
    sign(own, issuer ? issuer->key.get() : impl->key.get());
    return impl;
  }
};

TestCertificateAuthority::TestCertificateAuthority(const std::string& common_name)
    : impl_(Impl::make(common_name, nullptr)) {}
TestCertificateAuthority::TestCertificateAuthority(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
TestCertificateAuthority::~TestCertificateAuthority() = default;
TestCertificateAuthority::TestCertificateAuthority(TestCertificateAuthority&&) noexcept = default;
TestCertificateAuthority& TestCertificateAuthority::operator=(TestCertificateAuthority&&) noexcept =
    default;

std::string TestCertificateAuthority::pem() const {
  return pemOf(impl_->certificate.get());
}

CertificateAndKey TestCertificateAuthority::issue(const CertificateWish& wish) const {
  const Key key = makeKey(wish.key_format);
  const Certificate certificate = makeBody(wish, key.get());
  X509* issuer = impl_->certificate.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer));
  addExtension(certificate.get(), issuer, NID_basic_constraints, "critical,CA:FALSE");
  addExtension(certificate.get(), issuer, NID_ext_key_usage, "serverAuth,clientAuth");
  const std::string names = alternativeNames(wish);
  if (!names.empty()) addExtension(certificate.get(), issuer, NID_subject_alt_name, names);
  sign(certificate.get(), impl_->key.get());
  return {pemOf(certificate.get()), pemOf(key.get(), wish.key_format)};
}

TestCertificateAuthority TestCertificateAuthority::intermediate(
    const std::string& common_name) const {
  return TestCertificateAuthority(Impl::make(common_name, impl_.get()));
}

CertificateAndKey issueForLoopback(const TestCertificateAuthority& authority) {
  return authority.issue({.common_name = "loopback",
                          .dns_names = {"localhost"},
                          .ip_addresses = {"127.0.0.1", "::1"}});
}

}  // namespace testing_support
