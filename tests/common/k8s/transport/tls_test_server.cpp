#include "tests/common/k8s/transport/tls_test_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace testing_support {
namespace {

void require(bool worked, const char* what) {
  if (worked) return;
  std::perror(what);
  ERR_print_errors_fp(stderr);
  std::abort();
}

BIO* readerOf(const std::string& pem) {
  return BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
}

X509* certificateOf(const std::string& pem) {
  BIO* reader = readerOf(pem);
  X509* certificate = PEM_read_bio_X509(reader, nullptr, nullptr, nullptr);
  BIO_free(reader);
  require(certificate != nullptr, "certificate");
  return certificate;
}

EVP_PKEY* keyOf(const std::string& pem) {
  BIO* reader = readerOf(pem);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(reader, nullptr, nullptr, nullptr);
  BIO_free(reader);
  require(key != nullptr, "key");
  return key;
}

SSL_CTX* makeContext(const TlsTestServer::Setup& setup) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  // Debian's default level refuses what an old server would speak.
  SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
  if (setup.newest_protocol != 0) SSL_CTX_set_max_proto_version(context, setup.newest_protocol);
  X509* certificate = certificateOf(setup.identity.certificate_pem);
  EVP_PKEY* key = keyOf(setup.identity.key_pem);
  require(SSL_CTX_use_certificate(context, certificate) == 1, "use_certificate");
  require(SSL_CTX_use_PrivateKey(context, key) == 1, "use_PrivateKey");
  X509_free(certificate);
  EVP_PKEY_free(key);
  if (!setup.chain_pem.empty()) {
    SSL_CTX_add0_chain_cert(context, certificateOf(setup.chain_pem));
  }
  if (!setup.client_ca_pem.empty()) {
    X509* authority = certificateOf(setup.client_ca_pem);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority);
    X509_free(authority);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

struct Listener {
  int socket;
  std::uint16_t port;
};
Listener listenOn(const std::string& address) {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  const bool is_v6 = address.find(':') != std::string::npos;
  storage.ss_family = is_v6 ? AF_INET6 : AF_INET;
  void* host = is_v6 ? static_cast<void*>(&reinterpret_cast<sockaddr_in6*>(&storage)->sin6_addr)
                     : static_cast<void*>(&reinterpret_cast<sockaddr_in*>(&storage)->sin_addr);
  require(::inet_pton(storage.ss_family, address.c_str(), host) == 1, "inet_pton");
  const int socket = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto* raw = reinterpret_cast<sockaddr*>(&storage);
  size = is_v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  require(::bind(socket, raw, size) == 0, "bind");
  require(::listen(socket, 16) == 0, "listen");
  require(::getsockname(socket, raw, &size) == 0, "getsockname");
  const auto port = is_v6 ? reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port
                          : reinterpret_cast<sockaddr_in*>(&storage)->sin_port;
  return {socket, ntohs(port)};
}

int connectTo(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  require(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0,
          "connect");
  return socket;
}

std::size_t announcedLength(const std::string& head) {
  const std::size_t at = head.find("Content-Length: ");
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
}

}  // namespace

void SharedSocket::close() {
  const std::lock_guard lock(mutex_);
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

void SharedSocket::shutDown() {
  const std::lock_guard lock(mutex_);
  if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
}

bool TlsPeer::readMore() {
  std::array<char, 16 * 1024> buffer;
  if (socket_.number() < 0) return false;
  ERR_clear_error();
  const auto length =
      ssl_ != nullptr ? SSL_read(ssl_, buffer.data(), static_cast<int>(buffer.size()))
                      : static_cast<int>(::recv(socket_.number(), buffer.data(), buffer.size(), 0));
  if (length > 0) input_.append(buffer.data(), static_cast<std::size_t>(length));
  return length > 0;
}

std::optional<std::string> TlsPeer::readRequest() {
  std::size_t end = 0;
  while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
    if (!readMore()) return {};
  }
  const std::size_t size = end + 4 + announcedLength(input_.substr(0, end + 2));
  while (input_.size() < size) {
    if (!readMore()) return {};
  }
  std::string request = input_.substr(0, size);
  input_.erase(0, size);
  return request;
}

bool TlsPeer::send(std::string_view bytes) {
  if (socket_.number() < 0) return false;
  ERR_clear_error();
  return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0;
}

bool TlsPeer::sendRaw(std::string_view bytes) {
  return ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(bytes.size());
}

void TlsPeer::tunnelTo(std::uint16_t port) {
  SharedSocket server(connectTo(port));
  std::array ends{pollfd{socket_.number(), POLLIN, 0}, pollfd{server.number(), POLLIN, 0}};
  std::array<char, 16 * 1024> buffer;
  while (true) {
    ::poll(ends.data(), ends.size(), -1);
    for (std::size_t from = 0; from < ends.size(); ++from) {
      if (ends[from].revents == 0) continue;
      const auto length = ::recv(ends[from].fd, buffer.data(), buffer.size(), 0);
      if (length <= 0) return;
      ::send(ends[1 - from].fd, buffer.data(), static_cast<std::size_t>(length), MSG_NOSIGNAL);
    }
  }
}

bool TlsPeer::respond(std::string_view body, int status) {
  return send("HTTP/1.1 " + std::to_string(status) + " Whatever\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
}

void TlsPeer::waitUntilClientLeaves() {
  while (readMore()) input_.clear();
}

void TlsPeer::closeWithNotify() {
  if (socket_.number() >= 0 && ssl_ != nullptr) {
    ERR_clear_error();
    SSL_shutdown(ssl_);
  }
  socket_.close();
}

void TlsPeer::closeAbruptly() {
  socket_.close();
}

void TlsPeer::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  socket_.close();
}

std::string TlsPeer::clientCertificate() const {
  const X509* certificate = SSL_get0_peer_certificate(ssl_);
  if (certificate == nullptr) return {};
  std::array<char, 256> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(),
                            static_cast<int>(name.size()));
  return name.data();
}

std::string TlsPeer::serverNameIndication() const {
  const char* name = SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name);
  return name == nullptr ? "" : name;
}

TlsTestServer::TlsTestServer(Setup setup, Script script)
    : setup_(std::move(setup)), script_(std::move(script)) {
  ::signal(SIGPIPE, SIG_IGN);
  if (setup_.speaks_tls) context_ = makeContext(setup_);
  const Listener listener = listenOn(setup_.address);
  listener_ = listener.socket;
  port_ = listener.port;
  acceptor_ = std::thread([this] { acceptConnections(); });
}

TlsTestServer::~TlsTestServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (Connection& connection : connections_) connection.socket.shutDown();
  }
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (Connection& connection : connections_) connection.thread.join();
  ::close(listener_);
  SSL_CTX_free(context_);
}

std::string TlsTestServer::url() const {
  const bool is_v6 = setup_.address.find(':') != std::string::npos;
  return "https://" + (is_v6 ? "[" + setup_.address + "]" : setup_.address) + ":" +
         std::to_string(port_);
}

int TlsTestServer::connections() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(connections_.size());
}

void TlsTestServer::acceptConnections() {
  while (true) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const int yes = 1;  // or each answer waits for an acknowledgement of the session tickets
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      ::close(socket);
      return;
    }
    const int index = static_cast<int>(connections_.size());
    Connection& connection = connections_.emplace_back(socket);
    connection.thread =
        std::thread([this, &connection, index] { serve(connection.socket, index); });
  }
}

void TlsTestServer::serve(SharedSocket& socket, int index) {
  SSL* ssl = nullptr;
  bool ready = true;
  if (setup_.speaks_tls) {
    ssl = SSL_new(context_);
    SSL_set_fd(ssl, socket.number());
    ready = SSL_accept(ssl) == 1;
  }
  TlsPeer peer(socket, ssl);
  if (ready) {
    script_(peer, index);
    peer.closeWithNotify();
  } else {
    // Closing with bytes unread would reset, and overtake the alert that tells the client why.
    TlsPeer(socket, nullptr).waitUntilClientLeaves();
    socket.close();
  }
  SSL_free(ssl);
}

}  // namespace testing_support
