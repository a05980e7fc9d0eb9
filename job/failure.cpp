#include "job/failure.h"

#include <algorithm>

#include "common/json/escape.h"

namespace job {
namespace {

using k8s::ApiError;
using Kind = ApiError::Kind;

/// How RBAC names what an error is about: "noobaas/status.noobaa.io" is the resource
/// "noobaas/status" of the API group "noobaa.io".
struct GrantedResource {
  std::string resource;
  std::string group;
};

GrantedResource grantedResource(const std::string& qualified) {
  const auto dot = qualified.find('.');
  if (dot == std::string::npos) return {qualified, ""};
  return {qualified.substr(0, dot), qualified.substr(dot + 1)};
}

std::string placeOf(const ApiError& error) {
  return error.name_space.empty() ? "in the whole cluster" : "in namespace " + error.name_space;
}

std::string subjectOf(const ApiError& error) {
  if (error.resource.empty()) return "the API";
  return error.name.empty() ? error.resource : error.resource + " \"" + error.name + "\"";
}

std::string forbidden(const ApiError& error) {
  const auto [resource, group] = grantedResource(error.resource);
  return "forbidden: may not " + error.verb + " " + error.resource + " " + placeOf(error) +
         ": grant verb " + error.verb + " on resource " + resource + " of API group \"" + group +
         "\" to this identity" + (error.message.empty() ? "" : " (" + error.message + ")");
}

std::string unauthorized(const ApiError& error) {
  return "the API server does not accept these credentials (401) for " + error.verb + " " +
         error.resource + " " + placeOf(error) +
         ": renew the token or certificate of the kubeconfig or service account" +
         (error.message.empty() ? "" : " (" + error.message + ")");
}

std::string apiMissing(const ApiError& error) {
  return "the cluster does not serve " + error.resource + " (404): its CRD is not installed";
}

std::string objectMissing(const ApiError& error) {
  return "there is no " + subjectOf(error) +
         (error.name_space.empty() ? "" : " in namespace " + error.name_space);
}

std::string described(const ApiError& error) {
  return error.describe();
}

std::string untrusted(const ApiError& error) {
  return error.describe() + ": check the server's address and the CA of the connection";
}

bool isServersTrouble(const ApiError& e) {
  return e.code == 429 || e.code >= 500;
}

/// Which error ends the process how; the first that applies. 75 is for what may pass by itself, so
/// that a Job retries it; 77 and 78 are for what needs a person first.
struct Rule {
  bool (*applies)(const ApiError&);
  ExitCode code;
  std::string (*message)(const ApiError&);
};

constexpr Rule kRules[] = {
    // No answer, by kind.
    {[](const ApiError& e) { return e.kind == Kind::kStopped; }, ExitCode::kInterrupted, described},
    {[](const ApiError& e) { return e.kind == Kind::kTimeout; }, ExitCode::kTimedOut, described},
    {[](const ApiError& e) { return e.kind == Kind::kUntrusted; }, ExitCode::kConfiguration,
     untrusted},
    {[](const ApiError& e) { return e.kind == Kind::kProxy; }, ExitCode::kConfiguration, described},
    {[](const ApiError& e) { return e.kind == Kind::kCredentials; }, ExitCode::kConfiguration,
     described},
    {[](const ApiError& e) { return e.kind == Kind::kUnreachable; }, ExitCode::kUnavailable,
     described},
    // A proxy's page or half an answer: the next attempt may get a whole one.
    {[](const ApiError& e) { return e.kind == Kind::kMalformed; }, ExitCode::kUnavailable,
     described},
    // The server's answers.
    {[](const ApiError& e) { return e.isUnauthorized(); }, ExitCode::kForbidden, unauthorized},
    {[](const ApiError& e) { return e.isForbidden(); }, ExitCode::kForbidden, forbidden},
    {[](const ApiError& e) { return e.isApiMissing(); }, ExitCode::kConfiguration, apiMissing},
    {[](const ApiError& e) { return e.isNotFound(); }, ExitCode::kConfiguration, objectMissing},
    {isServersTrouble, ExitCode::kUnavailable, described},
    // Lost races that retries did not settle: the next pass sees the new state.
    {[](const ApiError& e) { return e.code == 409 || e.isExpired(); }, ExitCode::kUnavailable,
     described},
    // All else, 400 and 422 first of all: the server refuses what we say, in its own words, and
    // will
    // refuse it again.
    {[](const ApiError&) { return true; }, ExitCode::kConfiguration, described},
};

}  // namespace

Failure failureOf(const ApiError& error, std::string_view doing) {
  const auto* rule = std::find_if(std::begin(kRules), std::end(kRules),
                                  [&](const Rule& r) { return r.applies(error); });
  std::string message;
  json::appendEscaped(message, "can't " + std::string(doing) + ": " + rule->message(error),
                      json::Quotes::kKept);
  return {rule->code, message};
}

}  // namespace job
