#pragma once

#include <string>
#include <utility>

#include "common/json/parse.h"
#include "common/json/value.h"
#include "common/json/write.h"
#include "tests/sim/api_server.h"
#include "tests/sim/json_path.h"

namespace sim {

/// A response with its body parsed; null when that is no JSON.
struct Answer {
  int status = 0;
  json::Value body;
  ApiServer::Response raw;

  std::string text(std::initializer_list<std::string_view> path) const {
    return textAt(body, path);
  }
  /// The metadata's field.
  std::string meta(std::string_view field) const { return textAt(body, {"metadata", field}); }
  std::int64_t generation() const { return *valueAt(body, {"metadata", "generation"})->integer(); }
  std::string reason() const { return textAt(body, {"reason"}); }
  std::string message() const { return textAt(body, {"message"}); }
};

/// Sends requests to an ApiServer as one user.
class Requester {
 public:
  explicit Requester(ApiServer& server, std::string user = "admin")
      : server_(server), user_(std::move(user)) {}

  Answer get(const std::string& target) { return send("GET", target, "", ""); }
  Answer post(const std::string& target, const json::Value& body) {
    return send("POST", target, "application/json", json::write(body));
  }
  Answer put(const std::string& target, const json::Value& body) {
    return send("PUT", target, "application/json", json::write(body));
  }
  Answer patch(const std::string& target, const json::Value& body) {
    return send("PATCH", target, "application/merge-patch+json", json::write(body));
  }
  Answer remove(const std::string& target, const json::Value& options = json::Object{}) {
    return send("DELETE", target, "application/json", json::write(options));
  }
  Answer send(const std::string& method, const std::string& target, const std::string& content_type,
              const std::string& body) {
    Answer answer;
    answer.raw = server_.handle({method, target, content_type, body, user_});
    answer.status = answer.raw.status;
    answer.body = json::parse(answer.raw.body).value_or(json::Value());
    return answer;
  }

 private:
  ApiServer& server_;
  std::string user_;
};

inline json::Value parsed(std::string_view text) {
  return json::parse(text).value();
}

}  // namespace sim
