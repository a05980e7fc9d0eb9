#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/json/value.h"
#include "common/k8s/connection/connection.h"
#include "common/k8s/http.h"
#include "common/time/clock.h"

namespace conformance {

/// A response with its body parsed; null when that is no JSON.
struct Answer {
  int status = 0;
  k8s::Headers headers;
  std::string text;
  json::Value body;

  /// The string at the path; empty when there is none.
  std::string at(std::initializer_list<std::string_view> path) const;
  const json::Value* valueAt(std::initializer_list<std::string_view> path) const;
  std::string meta(std::string_view field) const { return at({"metadata", field}); }
  std::int64_t generation() const;
  std::string reason() const { return at({"reason"}); }
  std::string message() const { return at({"message"}); }
  /// details.causes as "reason field".
  std::vector<std::string> causes() const;
  /// metadata.name of each of the items.
  std::vector<std::string> names() const;
  /// The values of all headers of that name.
  std::vector<std::string> header(std::string_view name) const;
};

/// One line of a watch.
struct Event {
  std::string type;
  json::Value object;
  std::string name() const;
  /// "ADDED a"
  std::string told() const { return type + " " + name(); }
};

/// Plain requests to the server under test, sent as the worker sends its own. A request that gets
/// no answer throws, which fails the test.
class HttpApi {
 public:
  HttpApi(const k8s::Connection& connection, timing::Clock& clock);
  ~HttpApi();

  Answer get(const std::string& target);
  Answer post(const std::string& target, const json::Value& body);
  Answer put(const std::string& target, const json::Value& body);
  Answer patch(const std::string& target, const json::Value& body);
  Answer remove(const std::string& target, const json::Value& options = json::Object{});
  Answer send(const std::string& method, const std::string& target, const std::string& content_type,
              const std::string& body);

  /// The events of a watch until `enough` says so of those so far, or the server ends it.
  std::vector<Event> watch(const std::string& target,
                           const std::function<bool(const std::vector<Event>&)>& enough);
  /// The first `count` events.
  std::vector<Event> watch(const std::string& target, std::size_t count);

 private:
  timing::Clock& clock_;
  std::unique_ptr<k8s::HttpTransport> transport_;
};

json::Value parsed(std::string_view text);

}  // namespace conformance
