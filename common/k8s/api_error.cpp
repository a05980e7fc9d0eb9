#include "common/k8s/api_error.h"

#include <string_view>

namespace k8s {
namespace {

std::string_view nameOf(ApiError::Kind kind) {
  switch (kind) {
    case ApiError::Kind::kStatus:
      return "refused";
    case ApiError::Kind::kUnreachable:
      return "unreachable";
    case ApiError::Kind::kProxy:
      return "not let through";
    case ApiError::Kind::kUntrusted:
      return "not trusted";
    case ApiError::Kind::kCredentials:
      return "no usable credentials";
    case ApiError::Kind::kTimeout:
      return "out of time";
    case ApiError::Kind::kStopped:
      return "stopped";
    case ApiError::Kind::kMalformed:
      return "unusable answer";
  }
  return "failed";
}

const std::string& problemOf(const ApiError::Cause& cause) {
  return cause.message.empty() ? cause.reason : cause.message;
}

bool isTold(const ApiError::Cause& cause, std::string_view message) {
  return message.find(cause.field) != std::string_view::npos &&
         message.find(problemOf(cause)) != std::string_view::npos;
}

std::string described(const ApiError::Cause& cause) {
  return cause.field.empty() ? problemOf(cause) : cause.field + ": " + problemOf(cause);
}

}  // namespace

std::string ApiError::outcome() const {
  std::string text;
  if (kind == Kind::kStatus && code != 0) {
    text = std::to_string(code);
    if (!reason.empty()) text += " " + reason;
  } else {
    text = nameOf(kind);
  }
  if (!message.empty()) text += ": " + message;
  for (const Cause& cause : causes) {
    if (!isTold(cause, message)) text += "; " + described(cause);
  }
  return text;
}

std::string ApiError::describe() const {
  std::string text = verb;
  if (!resource.empty()) text += " " + resource;
  if (!name.empty()) {
    text += " " + (name_space.empty() ? name : name_space + "/" + name);
  } else if (!name_space.empty()) {
    text += " in " + name_space;
  }
  if (!text.empty()) text += ": ";
  return text + outcome();
}

}  // namespace k8s
