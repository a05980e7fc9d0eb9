#include "tests/sim/status_error.h"

#include <utility>

#include "common/json/write.h"

namespace sim {
namespace {

json::Object detailsOf(std::string_view name, std::string_view group, std::string_view kind) {
  json::Object details;
  if (!name.empty()) details.set("name", name);
  if (!group.empty()) details.set("group", group);
  if (!kind.empty()) details.set("kind", kind);
  return details;
}

StatusError aboutObject(int code, std::string reason, const k8s::ResourceType& type,
                        std::string_view name, std::string message) {
  return {code, std::move(reason), std::move(message), detailsOf(name, type.group, type.plural)};
}

std::string withDetail(std::string_view problem, std::string_view detail) {
  std::string text(problem);
  if (!detail.empty()) text.append(": ").append(detail);
  return text;
}

std::string qualifiedKind(const k8s::ResourceType& type) {
  return type.group.empty() ? type.kind : type.kind + "." + type.group;
}

}  // namespace

std::string quoted(std::string_view text) {
  return json::write(json::Value(text));
}

Cause required(std::string field, std::string_view detail) {
  return {"FieldValueRequired", std::move(field), withDetail("Required value", detail)};
}

Cause invalidValue(std::string field, std::string_view shown, std::string_view detail) {
  return {"FieldValueInvalid", std::move(field),
          withDetail("Invalid value: " + std::string(shown), detail)};
}

Cause invalidText(std::string field, std::string_view text, std::string_view detail) {
  return invalidValue(std::move(field), quoted(text), detail);
}

Cause forbiddenField(std::string field, std::string_view detail) {
  return {"FieldValueForbidden", std::move(field), withDetail("Forbidden", detail)};
}

Cause unsupportedValue(std::string field, std::string_view shown, std::string_view supported) {
  return {
      "FieldValueNotSupported", std::move(field),
      "Unsupported value: " + std::string(shown) + ": supported values: " + std::string(supported)};
}

StatusError badRequest(std::string message) {
  return {400, "BadRequest", std::move(message), {}};
}

StatusError unauthorized() {
  return {401, "Unauthorized", "Unauthorized", {}};
}

StatusError forbidden(const k8s::ResourceType& type, std::string_view name, std::string message) {
  return aboutObject(403, "Forbidden", type, name, std::move(message));
}

StatusError notFound(const k8s::ResourceType& type, std::string_view name) {
  return aboutObject(404, "NotFound", type, name,
                     type.qualifiedName() + " " + quoted(name) + " not found");
}

StatusError alreadyExists(const k8s::ResourceType& type, std::string_view name) {
  return aboutObject(409, "AlreadyExists", type, name,
                     type.qualifiedName() + " " + quoted(name) + " already exists");
}

StatusError conflict(const k8s::ResourceType& type, std::string_view name,
                     std::string_view problem) {
  return aboutObject(409, "Conflict", type, name,
                     "Operation cannot be fulfilled on " + type.qualifiedName() + " " +
                         quoted(name) + ": " + std::string(problem));
}

StatusError modifiedSince(const k8s::ResourceType& type, std::string_view name) {
  return conflict(type, name,
                  "the object has been modified; please apply your changes to the latest version "
                  "and try again");
}

StatusError invalid(const k8s::ResourceType& type, std::string_view name,
                    const std::vector<Cause>& causes) {
  json::Array listed;
  std::string problems;
  for (const Cause& cause : causes) {
    if (!problems.empty()) problems += ", ";
    problems += cause.field + ": " + cause.problem;
    listed.emplace_back(
        json::Object{{"reason", cause.reason}, {"message", cause.problem}, {"field", cause.field}});
  }
  if (causes.size() > 1) problems = "[" + problems + "]";

  json::Object details = detailsOf(name, type.group, type.kind);
  details.set("causes", std::move(listed));
  return {422, "Invalid", qualifiedKind(type) + " " + quoted(name) + " is invalid: " + problems,
          std::move(details)};
}

StatusError expired(std::string message) {
  return {410, "Expired", std::move(message), {}};
}

StatusError methodNotAllowed() {
  return {405,
          "MethodNotAllowed",
          "the server does not allow this method on the requested resource",
          {}};
}

StatusError methodNotSupported(const k8s::ResourceType& type, std::string_view verb) {
  return aboutObject(
      405, "MethodNotAllowed", type, "",
      std::string(verb) + " is not supported on resources of kind " + quoted(type.qualifiedName()));
}

StatusError noSuchResource() {
  return {404, "NotFound", "the server could not find the requested resource", {}};
}

StatusError invalidOptions(std::string_view kind, const Cause& cause) {
  return invalid({"meta.k8s.io", "v1", "", std::string(kind)}, "", {cause});
}

StatusError unsupportedMediaType(std::string_view accepted) {
  return {415,
          "UnsupportedMediaType",
          "the body of the request was in an unknown format - accepted media types include: " +
              std::string(accepted),
          {}};
}

StatusError internalError(std::string message) {
  return {500, "", std::move(message), {}};
}

StatusError tooLargeResourceVersion(std::string_view wanted, std::string_view current) {
  json::Array causes;
  causes.emplace_back(json::Object{{"reason", "ResourceVersionTooLarge"},
                                   {"message", "Too large resource version"}});
  return {504, "Timeout",
          "Timeout: Too large resource version: " + std::string(wanted) +
              ", current: " + std::string(current),
          json::Object{{"causes", std::move(causes)}, {"retryAfterSeconds", 1}}};
}

json::Value statusObject(const StatusError& error) {
  json::Object metadata;
  if (!error.continue_token.empty()) metadata.set("continue", error.continue_token);
  json::Object status{{"kind", "Status"},
                      {"apiVersion", "v1"},
                      {"metadata", std::move(metadata)},
                      {"status", "Failure"},
                      {"message", error.message}};
  if (!error.reason.empty()) status.set("reason", error.reason);
  if (!error.details.empty()) status.set("details", error.details);
  status.set("code", error.code);
  return status;
}

}  // namespace sim
