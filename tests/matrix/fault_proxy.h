#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "common/k8s/connection/connection.h"
#include "common/k8s/http.h"
#include "common/time/clock.h"
#include "tests/common/k8s/transport/tls_test_server.h"
#include "tests/matrix/fault.h"
#include "tests/support/test_certificates.h"

namespace matrix {

/// Which request a fault is to strike: told by what it is rather than by its place, as how often a
/// Lease is renewed while a backup is waited for is the cluster's to say.
struct Strike {
  std::string request;  // as FaultProxy::requests() has it
  int occurrence = 1;   // of requests that look the same, counted from 1
  Fault fault{};
};

/// Stands between the worker and an API server: an HTTPS server on a loopback port, with a CA and a
/// bearer token of its own, that passes each request on with the credentials of `target` and the
/// answer back, watches as they come. Counts requests, and lets a fault strike one. Serves each
/// connection on a thread of its own; safe to use from any.
class FaultProxy {
 public:
  /// `signal` is how to send the worker one: called on the thread that serves the request.
  FaultProxy(k8s::Connection target, std::function<void(int)> signal);
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  std::string url() const { return server_.url(); }
  std::string caPem() const { return authority_.pem(); }
  std::string token() const { return "made-up-for-the-worker"; }

  /// Counts anew; the fault strikes once, none when empty. The token is good again.
  void begin(std::optional<Strike> strike);
  /// Since then: "PUT leases/noobaa-db-pg-cluster-db-backup".
  std::vector<std::string> requests() const;
  bool hasStruck() const;

 private:
  using Peer = testing_support::TlsPeer;
  struct Request;
  class Upstream;

  void serve(Peer& peer);
  /// Counts the request; what is to happen to it.
  std::optional<Fault> strikes(const Request& request);
  /// False: the connection is over.
  bool answer(Peer& peer, Upstream& upstream, const Request& request);
  bool strike(Fault fault, Peer& peer, Upstream& upstream, const Request& request);
  bool relay(Peer& peer, Upstream& upstream, const Request& request);

  timing::SystemClock clock_;
  k8s::Connection target_;
  std::function<void(int)> signal_;
  std::stop_source stop_;
  mutable std::mutex mutex_;
  std::optional<Strike> planned_;
  std::vector<std::string> requests_;
  bool revoked_ = false;
  bool struck_ = false;
  testing_support::TestCertificateAuthority authority_{"fault proxy"};
  testing_support::TlsTestServer server_;  // last: its threads use the rest
};

}  // namespace matrix
