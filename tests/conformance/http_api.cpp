#include "tests/conformance/http_api.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <utility>

#include "common/json/parse.h"
#include "common/json/write.h"
#include "common/k8s/transport/poco_transport.h"
#include "common/time/deadline.h"
#include "tests/sim/json_path.h"

namespace conformance {
namespace {

constexpr std::chrono::seconds kPatience{60};

const k8s::Headers& plainHeaders() {
  static const k8s::Headers headers{{"Accept", "application/json"}};
  return headers;
}

bool equalsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

class AnswerSink final : public k8s::ResponseSink {
 public:
  void onHead(const k8s::HttpResponseHead& head) override {
    answer.status = head.status;
    answer.headers = head.headers;
  }
  bool onData(std::string_view piece) override {
    answer.text.append(piece);
    return true;
  }

  Answer answer;
};

class EventSink final : public k8s::ResponseSink {
 public:
  explicit EventSink(const std::function<bool(const std::vector<Event>&)>& enough)
      : enough_(enough) {}

  void onHead(const k8s::HttpResponseHead& head) override { status = head.status; }

  bool onData(std::string_view piece) override {
    line_.append(piece);
    for (std::size_t end = line_.find('\n'); end != std::string::npos; end = line_.find('\n')) {
      const json::Value event = parsed(line_.substr(0, end));
      line_.erase(0, end + 1);
      events.push_back({sim::textAt(event, {"type"}), *sim::valueAt(event, {"object"})});
      if (enough_(events)) return false;
    }
    return true;
  }

  int status = 0;
  std::vector<Event> events;

 private:
  const std::function<bool(const std::vector<Event>&)>& enough_;
  std::string line_;
};

}  // namespace

std::string Answer::at(std::initializer_list<std::string_view> path) const {
  return sim::textAt(body, path);
}

const json::Value* Answer::valueAt(std::initializer_list<std::string_view> path) const {
  return sim::valueAt(body, path);
}

std::int64_t Answer::generation() const {
  const json::Value* generation = valueAt({"metadata", "generation"});
  return generation == nullptr || generation->integer() == nullptr ? 0 : *generation->integer();
}

std::vector<std::string> Answer::causes() const {
  std::vector<std::string> told;
  const json::Value* causes = valueAt({"details", "causes"});
  if (causes == nullptr || causes->array() == nullptr) return told;
  for (const json::Value& cause : *causes->array()) {
    told.push_back(sim::textAt(cause, {"reason"}) + " " + sim::textAt(cause, {"field"}));
  }
  return told;
}

std::vector<std::string> Answer::names() const {
  std::vector<std::string> found;
  const json::Value* items = valueAt({"items"});
  if (items == nullptr || items->array() == nullptr) return found;
  for (const json::Value& item : *items->array()) {
    found.push_back(sim::textAt(item, {"metadata", "name"}));
  }
  return found;
}

std::vector<std::string> Answer::header(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : headers) {
    if (equalsIgnoringCase(key, name)) values.push_back(value);
  }
  return values;
}

std::string Event::name() const {
  return sim::textAt(object, {"metadata", "name"});
}

HttpApi::HttpApi(const k8s::Connection& connection, timing::Clock& clock) : clock_(clock) {
  auto transport = k8s::PocoTransport::create(connection, clock, k8s::Surroundings::ofProcess());
  if (!transport) throw std::runtime_error(transport.error());
  transport_ = std::move(*transport);
}

HttpApi::~HttpApi() = default;

Answer HttpApi::get(const std::string& target) {
  return send("GET", target, "", "");
}

Answer HttpApi::post(const std::string& target, const json::Value& body) {
  return send("POST", target, "application/json", json::write(body));
}

Answer HttpApi::put(const std::string& target, const json::Value& body) {
  return send("PUT", target, "application/json", json::write(body));
}

Answer HttpApi::patch(const std::string& target, const json::Value& body) {
  return send("PATCH", target, "application/merge-patch+json", json::write(body));
}

Answer HttpApi::remove(const std::string& target, const json::Value& options) {
  return send("DELETE", target, "application/json", json::write(options));
}

Answer HttpApi::send(const std::string& method, const std::string& target,
                     const std::string& content_type, const std::string& body) {
  k8s::HttpRequest request{method, target, plainHeaders(), body};
  if (!content_type.empty()) request.headers.emplace_back("Content-Type", content_type);
  AnswerSink sink;
  const auto sent = transport_->send(request, sink, timing::Deadline::in(clock_, kPatience), {});
  if (!sent) throw std::runtime_error(method + " " + target + ": " + sent.error().message);
  sink.answer.body = json::parse(sink.answer.text).value_or(json::Value());
  return std::move(sink.answer);
}

std::vector<Event> HttpApi::watch(const std::string& target,
                                  const std::function<bool(const std::vector<Event>&)>& enough) {
  EventSink sink(enough);
  const auto sent = transport_->send({"GET", target, plainHeaders(), ""}, sink,
                                     timing::Deadline::in(clock_, kPatience), {});
  if (!sent) throw std::runtime_error("GET " + target + ": " + sent.error().message);
  if (sink.status != 200) {
    throw std::runtime_error("GET " + target + ": status " + std::to_string(sink.status));
  }
  return std::move(sink.events);
}

std::vector<Event> HttpApi::watch(const std::string& target, std::size_t count) {
  return watch(target,
               [count](const std::vector<Event>& events) { return events.size() >= count; });
}

json::Value parsed(std::string_view text) {
  tl::expected<json::Value, std::string> value = json::parse(text);
  if (!value) throw std::runtime_error(value.error());
  return std::move(*value);
}

}  // namespace conformance
