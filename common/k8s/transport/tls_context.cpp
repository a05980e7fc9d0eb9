#include "common/k8s/transport/tls_context.h"

#include <Poco/Exception.h>
#include <Poco/Net/SSLManager.h>
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <csignal>
#include <optional>
#include <string_view>
#include <vector>

#include "common/k8s/connection/ip_address.h"

namespace k8s {
namespace {

template <auto function>
struct FreeWith {
  template <typename T>
  void operator()(T* pointer) const {
    function(pointer);
  }
};
using Bio = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, FreeWith<X509_free>>;
using Context = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, FreeWith<GENERAL_NAMES_free>>;
using OpenSslText =
    std::unique_ptr<unsigned char, decltype([](unsigned char* text) { OPENSSL_free(text); })>;

/// Nothing on success, else what is wrong.
using Problem = std::optional<std::string>;

Bio readerOf(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// All certificates of a PEM text, in order; nothing when one can't be read or there is none.
std::optional<std::vector<Certificate>> certificatesOf(const std::string& pem) {
  const Bio reader = readerOf(pem);
  std::vector<Certificate> certificates;
  ERR_clear_error();
  while (X509* certificate = PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr)) {
    certificates.emplace_back(certificate);
  }
  // The loop always ends by an error; «no further PEM block» is the good one.
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end || certificates.empty()) return {};
  return certificates;
}

/// What is wrong with a PEM text, and where it came from.
std::string problemOf(const PemMaterial& material, const std::string& problem) {
  return material.label.empty() ? problem : problem + " (" + material.label + ")";
}

Problem trust(SSL_CTX* context, const PemMaterial& ca) {
  const auto authorities = certificatesOf(ca.pem);
  if (!authorities) {
    return problemOf(ca, "the certificate authority is not PEM with one or more certificates");
  }
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  for (const Certificate& authority : *authorities) X509_STORE_add_cert(store, authority.get());
  // As with Go, whatever is listed is trusted: an intermediate needs no root beside it.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
  return {};
}

/// Lets OpenSSL itself compare the name, during the handshake. Poco's own check comes after it,
/// takes a certificate's CN for a name, and skips loopback in its relaxed mode.
Problem requireName(SSL_CTX* context, const TlsContext& tls) {
  X509_VERIFY_PARAM* parameters = SSL_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_hostflags(
      parameters, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const int worked = tls.name_is_address
                         ? X509_VERIFY_PARAM_set1_ip_asc(parameters, tls.server_name.c_str())
                         : X509_VERIFY_PARAM_set1_host(parameters, tls.server_name.c_str(), 0);
  if (worked == 1) return {};
  return "\"" + tls.server_name + "\" is not a name that a certificate can carry";
}

/// OpenSSL would else ask for the passphrase on the terminal.
int refusePassphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

Problem present(SSL_CTX* context, const PemMaterial& certificate, const PemMaterial& key_material) {
  const auto chain = certificatesOf(certificate.pem);
  if (!chain) {
    return problemOf(certificate,
                     "the client certificate is not PEM with one or more certificates");
  }
  const Bio reader = readerOf(key_material.pem);
  bool encrypted = false;
  const Key key(PEM_read_bio_PrivateKey(reader.get(), nullptr, refusePassphrase, &encrypted));
  ERR_clear_error();
  if (encrypted) {
    return problemOf(key_material, "the client key is encrypted: store it without a passphrase");
  }
  if (!key) return problemOf(key_material, "the client key is not a PEM private key");
  if (SSL_CTX_use_certificate(context, chain->front().get()) != 1) {
    return problemOf(certificate,
                     "the client certificate is not usable (a weak key or signature?)");
  }
  for (std::size_t index = 1; index < chain->size(); ++index) {
    SSL_CTX_add1_chain_cert(context, (*chain)[index].get());
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    ERR_clear_error();
    return problemOf(key_material, "the client key does not belong to the client certificate");
  }
  return {};
}

std::string textOf(const GENERAL_NAME* name) {
  if (name->type == GEN_DNS) {
    unsigned char* text = nullptr;
    const int length = ASN1_STRING_to_UTF8(&text, name->d.dNSName);
    const OpenSslText owner(text);
    if (length < 0) return {};
    return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(length)};
  }
  if (name->type != GEN_IPADD) return {};
  const int family = ASN1_STRING_length(name->d.iPAddress) == 4 ? AF_INET : AF_INET6;
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(family, ASN1_STRING_get0_data(name->d.iPAddress), text.data(), text.size());
  return text.data();
}

std::string namesIn(X509* certificate) {
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::string listed;
  for (int index = 0; index < sk_GENERAL_NAME_num(names.get()); ++index) {
    const std::string text = textOf(sk_GENERAL_NAME_value(names.get(), index));
    if (!text.empty()) listed += (listed.empty() ? "" : ", ") + text;
  }
  return listed.empty() ? "no name (a CN does not count)" : listed;
}

std::string reasonOf(X509_STORE_CTX* verification, const std::string& server_name) {
  const int error = X509_STORE_CTX_get_error(verification);
  if (error == X509_V_ERR_HOSTNAME_MISMATCH || error == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    return "it is not for " + server_name + " but for " +
           namesIn(X509_STORE_CTX_get0_cert(verification));
  }
  return X509_verify_cert_error_string(error);
}

/// Stands in for OpenSSL's verification to keep the reason, which Poco's exception does not carry.
int verifyAndNote(X509_STORE_CTX* verification, void* tls_context) {
  TlsContext& tls = *static_cast<TlsContext*>(tls_context);
  const int verdict = X509_verify_cert(verification);
  if (verdict != 1) tls.refusal = reasonOf(verification, tls.server_name);
  return verdict;
}

Problem configure(TlsContext& tls, const Connection& connection) {
  SSL_CTX* context = tls.poco->sslContext();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  if (!connection.client_certificate.pem.empty() || !connection.client_key.pem.empty()) {
    if (auto problem = present(context, connection.client_certificate, connection.client_key)) {
      return problem;
    }
  }
  if (connection.insecure_skip_tls_verify) return {};
  if (!connection.ca.pem.empty()) {
    if (auto problem = trust(context, connection.ca)) return problem;
  }
  if (auto problem = requireName(context, tls)) return problem;
  // Without Poco's own callback, whose registered handlers could overrule the verdict.
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, verifyAndNote, &tls);
  return {};
}

}  // namespace

TlsLibrary::TlsLibrary() {
  Poco::Net::initializeSSL();
  // OpenSSL writes with write(2): to a connection that the server has reset, that would end the
  // process. A handler that somebody set is left alone.
  struct sigaction current {};
  if (::sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL) {
    ::signal(SIGPIPE, SIG_IGN);
  }
}

TlsLibrary::~TlsLibrary() {
  Poco::Net::uninitializeSSL();
}

tl::expected<std::shared_ptr<TlsContext>, std::string> makeTlsContext(const Connection& connection,
                                                                      const std::string& host) try {
  auto tls = std::make_shared<TlsContext>();
  tls->server_name = connection.tls_server_name.empty() ? host : connection.tls_server_name;
  tls->name_is_address = parseIpAddress(tls->server_name).has_value();
  Poco::Net::Context::Params parameters;
  parameters.verificationMode = connection.insecure_skip_tls_verify
                                    ? Poco::Net::Context::VERIFY_NONE
                                    : Poco::Net::Context::VERIFY_STRICT;
  parameters.loadDefaultCAs = connection.ca.pem.empty();
  parameters.cipherList = "HIGH:!aNULL:!eNULL:!MD5:!3DES";
  tls->poco = new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, parameters);
  if (const auto problem = configure(*tls, connection)) {
    return tl::unexpected(connection.source + ": " + *problem);
  }
  return tls;
} catch (const Poco::Exception& exception) {
  return tl::unexpected(connection.source + ": TLS can't be set up: " + exception.displayText());
}

std::optional<std::string> problemWithIdentity(const std::string& certificate_pem,
                                               const std::string& key_pem) {
  const Context context(SSL_CTX_new(TLS_client_method()));
  return present(context.get(), {.pem = certificate_pem}, {.pem = key_pem});
}

}  // namespace k8s
