#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "common/json/value.h"
#include "common/k8s/api_error.h"
#include "common/k8s/http.h"
#include "common/k8s/retry.h"

namespace k8s {

/// One API call: the request, and what errors and log lines say about it.
struct Call {
  std::string verb;
  std::string resource;
  std::string name_space;
  std::string name;
  HttpRequest request;
  Idempotency idempotency = Idempotency::kYes;
  bool rate_limited = true;

  /// The path and query as the request will have them, with another parameter; values are encoded
  /// here.
  void addQuery(std::string_view key, std::string_view value);
  void setBody(const json::Value& body, std::string content_type);
  ApiError error(ApiError::Kind kind, std::string message) const;
  /// `error` with what was tried.
  ApiError about(ApiError error) const;
};

/// Takes the body of a 2xx answer.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  /// Forgets what a failed attempt brought, before the next. False: it was passed on already, so
  /// the call can't simply be repeated.
  virtual bool reset() = 0;
  /// The answer has begun, whatever it is.
  virtual void onHead() {}
  /// False: no more is wanted.
  virtual bool onData(std::string_view piece) = 0;
  /// After the last piece. The error says why it is no answer.
  virtual tl::expected<void, std::string> finish() = 0;
};

}  // namespace k8s
