#include "tests/support/fake_pushgateway.h"

#include <Poco/Crypto/EVPPKey.h>
#include <Poco/Crypto/X509Certificate.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetSSL.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/ThreadPool.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <iterator>
#include <map>
#include <mutex>
#include <sstream>
#include <utility>

namespace testing_support {
namespace {

/// Of each metric's name: values by series.
using Group = std::map<std::string, std::map<std::string, std::string>>;

/// Nothing for what a Pushgateway would not take.
std::optional<Group> parse(const std::string& text) {
  if (text.empty() || text.back() != '\n') return std::nullopt;
  Group group;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# HELP ") || line.starts_with("# TYPE ")) continue;
    const std::size_t blank = line.rfind(' ');
    if (blank == std::string::npos || blank == 0 || line.front() == '#') return std::nullopt;
    std::size_t read = 0;
    try {
      (void)std::stod(line.substr(blank + 1), &read);
    } catch (const std::exception&) {
      return std::nullopt;
    }
    if (read != line.size() - blank - 1) return std::nullopt;
    const std::string series = line.substr(0, blank);
    group[series.substr(0, series.find('{'))][series] = line.substr(blank + 1);
  }
  return group;
}

/// What was pushed, and what is to happen to the next push.
struct Store {
  std::mutex mutex;
  std::condition_variable news;
  std::map<std::string, Group> groups;
  std::vector<std::string> requests;
  std::vector<std::string> authorizations;
  std::optional<FakePushgateway::Refusal> refusal;
  bool holding = false;
  int held = 0;
  bool ending = false;
};

class PushHandler final : public Poco::Net::HTTPRequestHandler {
 public:
  explicit PushHandler(Store& store) : store_(store) {}

  void handleRequest(Poco::Net::HTTPServerRequest& request,
                     Poco::Net::HTTPServerResponse& response) override {
    const std::string body(std::istreambuf_iterator<char>(request.stream()), {});
    std::unique_lock lock(store_.mutex);
    store_.requests.push_back(request.getMethod() + " " + request.getURI());
    store_.authorizations.push_back(request.get("Authorization", ""));
    if (store_.holding) {
      ++store_.held;
      store_.news.notify_all();
      store_.news.wait(lock, [this] { return store_.ending; });
      return;
    }
    const auto [status, text, location] = answer(request, body);
    lock.unlock();
    response.setStatusAndReason(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(status));
    if (!location.empty()) response.set("Location", location);
    response.sendBuffer(text.data(), text.size());
  }

 private:
  FakePushgateway::Refusal answer(const Poco::Net::HTTPServerRequest& request,
                                  const std::string& body) {
    if (store_.refusal) return *store_.refusal;
    auto pushed = parse(body);
    if (!pushed) return {400, "text format parsing error\n"};
    Group& group = store_.groups[request.getURI()];
    if (request.getMethod() == "PUT") group.clear();
    for (auto& [name, values] : *pushed) group[name] = std::move(values);
    return {200, ""};
  }

  Store& store_;
};

class PushHandlerFactory final : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit PushHandlerFactory(Store& store) : store_(store) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(
      const Poco::Net::HTTPServerRequest&) override {
    return new PushHandler(store_);  // the server deletes it
  }

 private:
  Store& store_;
};

Poco::Net::ServerSocket listenAs(const std::optional<CertificateAndKey>& identity) {
  const Poco::Net::SocketAddress address("127.0.0.1", 0);
  if (!identity) return Poco::Net::ServerSocket(address);
  Poco::Net::Context::Ptr context = new Poco::Net::Context(
      Poco::Net::Context::TLS_SERVER_USE, "", "", "", Poco::Net::Context::VERIFY_NONE, 9, false);
  std::istringstream certificate(identity->certificate_pem);
  std::istringstream key(identity->key_pem);
  context->useCertificate(Poco::Crypto::X509Certificate(certificate));
  context->usePrivateKey(Poco::Crypto::EVPPKey(nullptr, &key));
  return Poco::Net::SecureServerSocket(address, 64, context);
}

/// Before all that uses it and after: members are made in their order.
struct Library {
  Library() {
    Poco::Net::initializeSSL();
    ::signal(SIGPIPE, SIG_IGN);  // a client that has left
  }
  ~Library() { Poco::Net::uninitializeSSL(); }
};

}  // namespace

struct FakePushgateway::Impl {
  explicit Impl(const std::optional<CertificateAndKey>& identity)
      : socket(listenAs(identity)),
        http(new PushHandlerFactory(store), threads, socket, new Poco::Net::HTTPServerParams) {
    http.start();
  }
  ~Impl() {
    {
      const std::lock_guard lock(store.mutex);
      store.ending = true;
    }
    store.news.notify_all();
    http.stopAll(false);
    threads.joinAll();
  }

  Library library;
  mutable Store store;
  Poco::Net::ServerSocket socket;
  Poco::ThreadPool threads;
  Poco::Net::HTTPServer http;
};

FakePushgateway::FakePushgateway(const std::optional<CertificateAndKey>& identity)
    : impl_(std::make_unique<Impl>(identity)) {}
FakePushgateway::~FakePushgateway() = default;

std::string FakePushgateway::address() const {
  return impl_->socket.address().toString();
}

std::string FakePushgateway::value(const std::string& path, const std::string& series) const {
  const std::lock_guard lock(impl_->store.mutex);
  const Group& group = impl_->store.groups[path];
  const auto metric = group.find(series.substr(0, series.find('{')));
  if (metric == group.end()) return "";
  const auto found = metric->second.find(series);
  return found == metric->second.end() ? "" : found->second;
}

std::vector<std::string> FakePushgateway::requests() const {
  const std::lock_guard lock(impl_->store.mutex);
  return impl_->store.requests;
}

std::vector<std::string> FakePushgateway::authorizations() const {
  const std::lock_guard lock(impl_->store.mutex);
  return impl_->store.authorizations;
}

void FakePushgateway::refuse(const Refusal& refusal) {
  const std::lock_guard lock(impl_->store.mutex);
  impl_->store.refusal = refusal;
}

void FakePushgateway::holdAnswers() {
  const std::lock_guard lock(impl_->store.mutex);
  impl_->store.holding = true;
}

bool FakePushgateway::holdsOne() {
  std::unique_lock lock(impl_->store.mutex);
  return impl_->store.news.wait_for(lock, std::chrono::minutes(3),
                                    [this] { return impl_->store.held > 0; });
}

}  // namespace testing_support
