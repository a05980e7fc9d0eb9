#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/support/test_certificates.h"

namespace testing_support {

/// A socket that one thread closes while another may shut it down.
class SharedSocket {
 public:
  explicit SharedSocket(int socket) : socket_(socket) {}
  ~SharedSocket() { close(); }
  SharedSocket(const SharedSocket&) = delete;
  SharedSocket& operator=(const SharedSocket&) = delete;

  void close();
  /// Ends all blocking calls on it.
  void shutDown();
  /// -1 once closed. For the thread that closes.
  int number() const { return socket_; }

 private:
  std::mutex mutex_;
  int socket_;
};

/// The server's end of one connection. Its calls block, and return when the client leaves or the
/// server is destroyed.
class TlsPeer {
 public:
  TlsPeer(SharedSocket& socket, SSL* ssl) : socket_(socket), ssl_(ssl) {}

  /// Head and body, by Content-Length; nothing once the client has left.
  std::optional<std::string> readRequest();
  /// False when the client has left.
  bool send(std::string_view bytes);
  /// Past TLS, straight onto the wire. False when the client has left.
  bool sendRaw(std::string_view bytes);
  /// Passes bytes on to a server on 127.0.0.1, and back, until one of the two leaves. Without TLS.
  void tunnelTo(std::uint16_t port);
  /// A whole response with a Content-Length.
  bool respond(std::string_view body, int status = 200);
  /// Takes some bytes, whatever they are. False when the client has left.
  bool readMore();
  void waitUntilClientLeaves();

  void closeWithNotify();  // an orderly end of TLS
  void closeAbruptly();    // FIN without close_notify
  void reset();            // RST

  std::string clientCertificate() const;  // its subject's CN; empty without one
  std::string serverNameIndication() const;

 private:
  SharedSocket& socket_;
  SSL* ssl_;
  std::string input_;
};

/// A TLS server on a free loopback port whose misbehaviour is the test's to write.
class TlsTestServer {
 public:
  struct Setup {
    CertificateAndKey identity = {};
    std::string chain_pem = {};      // sent after the identity's certificate
    std::string client_ca_pem = {};  // when set, clients must present a certificate
    std::string address = "127.0.0.1";
    int newest_protocol = 0;  // e.g. TLS1_1_VERSION
    bool speaks_tls = true;   // false: accepts connections and leaves them to the script
  };
  /// Run on a thread of its own for each connection, after the handshake; `index` counts from 0.
  /// The connection is closed in order at the end.
  using Script = std::function<void(TlsPeer& peer, int index)>;

  TlsTestServer(Setup setup, Script script);
  ~TlsTestServer();
  TlsTestServer(const TlsTestServer&) = delete;
  TlsTestServer& operator=(const TlsTestServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const;
  int connections() const;

 private:
  struct Connection {
    explicit Connection(int accepted) : socket(accepted) {}
    SharedSocket socket;
    std::thread thread;
  };
  void acceptConnections();
  void serve(SharedSocket& socket, int index);

  Setup setup_;
  Script script_;
  SSL_CTX* context_ = nullptr;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::list<Connection> connections_;
  bool stopping_ = false;
  std::thread acceptor_;
};

}  // namespace testing_support
