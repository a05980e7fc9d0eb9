#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "common/k8s/transport/poco_transport.h"
#include "tests/common/k8s/transport/recording_sink.h"
#include "tests/common/k8s/transport/tls_test_server.h"
#include "tests/support/fake_clock.h"
#include "tests/support/test_certificates.h"

namespace testing_support {

using Result = tl::expected<void, k8s::TransportError>;
using Kind = k8s::TransportError::Kind;
using namespace std::chrono_literals;

/// A transport towards a server with a certificate for loopback. Time stands still unless the test,
/// or the server's script, advances the clock: a deadline then passes at a known point of the
/// exchange.
class TransportTest : public ::testing::Test {
 protected:
  void serve(TlsTestServer::Script script) {
    serve({.identity = issueForLoopback(authority_)}, std::move(script));
  }
  void serve(TlsTestServer::Setup setup, TlsTestServer::Script script) {
    server_ = std::make_unique<TlsTestServer>(std::move(setup), std::move(script));
    connection_.source = "the test's kubeconfig";
    connection_.server = server_->url();
    connection_.ca.pem = authority_.pem();
    connection_.token = "the-token";
  }

  k8s::PocoTransport& transport() {
    if (!transport_) {
      auto created = k8s::PocoTransport::create(connection_, clock_, surroundings());
      if (!created) throw std::runtime_error(created.error());
      transport_ = *std::move(created);
    }
    return *transport_;
  }

  /// Reads files_ as it is at the time.
  k8s::Surroundings surroundings() const {
    k8s::Surroundings surroundings;
    surroundings.environment = environment_;
    surroundings.read_file =
        [this](const std::string& path) -> tl::expected<std::string, std::string> {
      const auto file = files_.find(path);
      if (file == files_.end()) return tl::unexpected(std::string(k8s::kNoSuchFile));
      return file->second;
    };
    return surroundings;
  }

  Result send(const k8s::HttpRequest& request) { return sendTo(sink_, request); }
  Result sendTo(RecordingSink& sink, const k8s::HttpRequest& request) {
    return transport().send(request, sink, timing::Deadline::in(clock_, 30s), stop_.get_token());
  }
  Result get(const std::string& target = "/x") {
    sink_ = RecordingSink();
    return send({"GET", target, {}, {}});
  }

  FakeClock clock_{timing::Instant(std::chrono::seconds(1'700'000'000))};
  TestCertificateAuthority authority_;
  std::stop_source stop_;
  RecordingSink sink_;
  k8s::Connection connection_;
  std::map<std::string, std::string> files_;
  std::map<std::string, std::string> environment_;
  // For scripts, which may outlive the test's own variables when it fails.
  std::promise<void> gate_;
  std::promise<std::string> observed_;
  std::unique_ptr<TlsTestServer> server_;  // before the transport: it outlives the connections
  std::unique_ptr<k8s::PocoTransport> transport_;
};

inline void answerAll(TlsPeer& peer, int /*index*/) {
  while (peer.readRequest()) peer.respond("ok");
}

MATCHER_P(FailsWith, kind, "") {
  if (arg) {
    *result_listener << "which succeeded";
    return false;
  }
  *result_listener << "kind " << static_cast<int>(arg.error().kind) << ": " << arg.error().message;
  return arg.error().kind == kind;
}
MATCHER(Succeeds, "") {
  if (arg) return true;
  *result_listener << "kind " << static_cast<int>(arg.error().kind) << ": " << arg.error().message;
  return false;
}

}  // namespace testing_support
