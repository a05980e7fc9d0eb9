#include "tests/sim/loopback_server.h"

#include <Poco/Base64Encoder.h>
#include <Poco/Crypto/EVPPKey.h>
#include <Poco/Crypto/X509Certificate.h>
#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetSSL.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/ThreadPool.h>
#include <Poco/Timespan.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "common/json/write.h"
#include "tests/sim/status_error.h"
#include "tests/support/test_certificates.h"

namespace sim {
namespace {

constexpr std::string_view kTokenEnd = "-token";
constexpr int kMaxThreads = 64;
// How long a thread sleeps without looking whether it is still wanted.
constexpr std::chrono::milliseconds kLongestWait{100};

/// The cluster and the lock that guards it.
struct Cluster {
  Cluster(ApiServer& the_server, Timeline& the_timeline, timing::Clock& the_clock)
      : server(the_server), timeline(the_timeline), clock(the_clock) {}

  ApiServer& server;
  Timeline& timeline;
  timing::Clock& clock;
  std::mutex mutex;
  std::function<void(const ApiServer::Request&)> on_request = [](const auto&) {};
  LoopbackServer::Meddler on_answer = [](const auto&, const auto&, auto&) {};
  std::map<std::string, std::string> accepted;  // users by their other tokens
  std::atomic<bool> stopping = false;
  std::atomic<int> requests = 0;
};

/// Wakes the watches. Shared with the listener in the ApiServer, which outlives the LoopbackServer.
using News = std::condition_variable;

/// The user whom the bearer token names, or whom he impersonates; none when the token is missing or
/// wrong.
std::optional<std::string> userOf(const Poco::Net::HTTPServerRequest& request,
                                  const std::map<std::string, std::string>& accepted) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string header = request.get("Authorization", "");
  std::string_view token = header;
  if (!token.starts_with(kScheme)) return std::nullopt;
  token.remove_prefix(kScheme.size());
  if (const auto found = accepted.find(std::string(token)); found != accepted.end()) {
    return request.get("Impersonate-User", found->second);
  }
  if (!token.ends_with(kTokenEnd)) return std::nullopt;
  token.remove_suffix(kTokenEnd.size());
  if (token.empty()) return std::nullopt;
  return request.get("Impersonate-User", std::string(token));
}

void sendResponse(Poco::Net::HTTPServerResponse& out, const ApiServer::Response& response) {
  out.setStatus(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(response.status));
  for (const auto& [name, value] : response.headers) out.add(name, value);
  out.sendBuffer(response.body.data(), response.body.size());
}

class ApiHandler final : public Poco::Net::HTTPRequestHandler {
 public:
  ApiHandler(Cluster& cluster, News& news) : cluster_(cluster), news_(news) {}

  void handleRequest(Poco::Net::HTTPServerRequest& request,
                     Poco::Net::HTTPServerResponse& response) override {
    ++cluster_.requests;
    ApiServer::Request asked{request.getMethod(), request.getURI(), request.getContentType(), "",
                             ""};
    if (asked.content_type == Poco::Net::HTTPMessage::UNKNOWN_CONTENT_TYPE) {
      asked.content_type.clear();
    }
    asked.body.assign(std::istreambuf_iterator<char>(request.stream()), {});

    const std::string authorization = request.get("Authorization", "");
    std::unique_lock lock(cluster_.mutex);
    const std::optional<std::string> user = userOf(request, cluster_.accepted);
    if (!user) {
      ApiServer::Response answer{
          401, {{"Content-Type", "application/json"}}, json::write(statusObject(unauthorized()))};
      cluster_.on_answer(asked, authorization, answer);
      lock.unlock();
      sendResponse(response, answer);
      return;
    }
    asked.user = *user;
    cluster_.on_request(asked);
    lock.unlock();
    if (ApiServer::isWatch(asked)) {
      watch(asked, request, response);
      return;
    }
    lock.lock();
    ApiServer::Response answer = cluster_.server.handle(asked);
    cluster_.on_answer(asked, authorization, answer);
    lock.unlock();
    sendResponse(response, answer);
  }

 private:
  void watch(const ApiServer::Request& asked, Poco::Net::HTTPServerRequest& request,
             Poco::Net::HTTPServerResponse& response) {
    std::unique_lock lock(cluster_.mutex);
    ApiServer::Response refusal;
    const std::unique_ptr<ApiServer::Watch> watch = cluster_.server.openWatch(asked, refusal);
    lock.unlock();
    if (watch == nullptr) {
      sendResponse(response, refusal);
      return;
    }
    response.setContentType("application/json");
    response.setChunkedTransferEncoding(true);
    std::ostream& body = response.send();
    body.flush();

    Poco::Net::StreamSocket& socket =
        dynamic_cast<Poco::Net::HTTPServerRequestImpl&>(request).socket();
    while (!cluster_.stopping && body.good()) {
      lock.lock();
      const bool at_end = cluster_.clock.now() >= watch->endsAt();
      const std::vector<std::string> lines = watch->poll();
      if (lines.empty() && !at_end) news_.wait_for(lock, kLongestWait);
      const bool ended = at_end || watch->ended();
      lock.unlock();
      for (const std::string& line : lines) {
        body << line;
        body.flush();
      }
      // A client has nothing to say during its watch: what can be read is its farewell.
      if (ended || socket.poll(Poco::Timespan(0), Poco::Net::Socket::SELECT_READ)) return;
    }
  }

  Cluster& cluster_;
  News& news_;
};

class ApiHandlerFactory final : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  ApiHandlerFactory(Cluster& cluster, News& news) : cluster_(cluster), news_(news) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(
      const Poco::Net::HTTPServerRequest&) override {
    return new ApiHandler(cluster_, news_);  // the server deletes it
  }

 private:
  Cluster& cluster_;
  News& news_;
};

struct PocoSsl {
  PocoSsl() { Poco::Net::initializeSSL(); }
  ~PocoSsl() { Poco::Net::uninitializeSSL(); }
};

Poco::Net::Context::Ptr serverContext(const testing_support::CertificateAndKey& identity) {
  Poco::Net::Context::Ptr context = new Poco::Net::Context(
      Poco::Net::Context::TLS_SERVER_USE, "", "", "", Poco::Net::Context::VERIFY_NONE, 9, false);
  std::istringstream certificate(identity.certificate_pem);
  std::istringstream key(identity.key_pem);
  context->useCertificate(Poco::Crypto::X509Certificate(certificate));
  context->usePrivateKey(Poco::Crypto::EVPPKey(nullptr, &key));
  context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
  return context;
}

Poco::Net::HTTPServerParams::Ptr serverParameters() {
  Poco::Net::HTTPServerParams::Ptr parameters = new Poco::Net::HTTPServerParams;
  parameters->setMaxThreads(kMaxThreads);
  parameters->setKeepAlive(true);
  parameters->setMaxKeepAliveRequests(0);
  parameters->setKeepAliveTimeout(Poco::Timespan(60, 0));
  return parameters;
}

std::string base64(const std::string& text) {
  std::ostringstream encoded;
  Poco::Base64Encoder encoder(encoded);
  encoder.rdbuf()->setLineLength(0);
  encoder << text;
  encoder.close();
  return encoded.str();
}

}  // namespace

struct LoopbackServer::Impl {
  Impl(ApiServer& server, Timeline& timeline, timing::Clock& clock)
      : cluster(server, timeline, clock),
        socket(Poco::Net::SocketAddress("127.0.0.1", 0), 64,
               serverContext(testing_support::issueForLoopback(authority))),
        threads(2, kMaxThreads),
        http(new ApiHandlerFactory(cluster, *news), threads, socket, serverParameters()) {
    server.onChange([told = news](const Change&) { told->notify_all(); });
    http.start();
    actors = std::jthread([this](const std::stop_token& stop) { runTimeline(stop); });
  }

  ~Impl() {
    cluster.stopping = true;
    news->notify_all();
    // Not aborting: Poco would end the TLS of connections under the threads that use them.
    http.stopAll(false);
    threads.joinAll();
  }

  void runTimeline(const std::stop_token& stop) {
    std::unique_lock lock(cluster.mutex);
    while (!stop.stop_requested()) {
      cluster.timeline.runDue(cluster.clock.now());
      const std::optional<timing::Instant> next = cluster.timeline.next();
      timing::Duration wait = kLongestWait;
      if (next) wait = std::min<timing::Duration>(wait, *next - cluster.clock.now());
      news->wait_for(lock, std::max<timing::Duration>(wait, std::chrono::milliseconds(1)));
    }
  }

  PocoSsl ssl;
  Cluster cluster;
  std::shared_ptr<News> news = std::make_shared<News>();
  testing_support::TestCertificateAuthority authority{"simulated cluster"};
  Poco::Net::SecureServerSocket socket;
  Poco::ThreadPool threads;
  Poco::Net::HTTPServer http;
  std::jthread actors;
};

LoopbackServer::LoopbackServer(ApiServer& server, Timeline& timeline, timing::Clock& clock)
    : impl_(std::make_unique<Impl>(server, timeline, clock)) {}

LoopbackServer::~LoopbackServer() = default;

std::string LoopbackServer::url() const {
  return "https://127.0.0.1:" + std::to_string(impl_->socket.address().port());
}

std::string LoopbackServer::caPem() const {
  return impl_->authority.pem();
}

std::string LoopbackServer::token() const {
  return tokenOf("admin");
}

std::string LoopbackServer::tokenOf(const std::string& user) {
  return user + std::string(kTokenEnd);
}

std::string LoopbackServer::kubeconfig(const std::string& name_space) const {
  return "apiVersion: v1\n"
         "kind: Config\n"
         "current-context: simulated\n"
         "clusters:\n"
         "- name: simulated\n"
         "  cluster:\n"
         "    server: " +
         url() + "\n    certificate-authority-data: " + base64(caPem()) +
         "\n"
         "contexts:\n"
         "- name: simulated\n"
         "  context:\n"
         "    cluster: simulated\n"
         "    user: admin\n"
         "    namespace: " +
         name_space +
         "\n"
         "users:\n"
         "- name: admin\n"
         "  user:\n"
         "    token: " +
         token() + "\n";
}

void LoopbackServer::locked(const std::function<void()>& work) {
  const std::lock_guard lock(impl_->cluster.mutex);
  work();
}

void LoopbackServer::onRequest(std::function<void(const ApiServer::Request&)> listener) {
  locked([&] { impl_->cluster.on_request = std::move(listener); });
}

void LoopbackServer::accept(const std::string& token, const std::string& user) {
  locked([&] { impl_->cluster.accepted[token] = user; });
}

void LoopbackServer::onAnswer(Meddler meddler) {
  locked([&] { impl_->cluster.on_answer = std::move(meddler); });
}

int LoopbackServer::requests() const {
  return impl_->cluster.requests;
}

}  // namespace sim
