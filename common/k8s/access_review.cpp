#include "common/k8s/access_review.h"

#include <string_view>
#include <utility>

#include "common/json/view.h"

namespace k8s {
namespace {

const ResourceType kReviews{"authorization.k8s.io", "v1", "selfsubjectaccessreviews",
                            "SelfSubjectAccessReview"};

json::Value reviewOf(const AccessQuestion& question) {
  json::Object attributes;
  const auto add = [&attributes](std::string_view key, const std::string& value) {
    if (!value.empty()) attributes.set(key, value);
  };
  add("verb", question.verb);
  add("group", question.group);
  add("resource", question.resource);
  add("subresource", question.subresource);
  add("namespace", question.name_space);
  add("name", question.name);
  return json::Object{{"apiVersion", kReviews.apiVersion()},
                      {"kind", kReviews.kind},
                      {"spec", json::Object{{"resourceAttributes", std::move(attributes)}}}};
}

tl::expected<AccessAnswer, json::Error> readAnswer(const json::Value& review) {
  json::Decoder decoder(review);
  const json::View status = decoder.root()["status"];
  return decoder.finish(AccessAnswer{.allowed = status["allowed"].boolean(),
                                     .denied = status["denied"].booleanOr(false),
                                     .reason = status["reason"].stringOr(""),
                                     .evaluation_error = status["evaluationError"].stringOr("")});
}

}  // namespace

ApiResult<AccessAnswer> reviewAccess(Client& client, const AccessQuestion& question,
                                     const CallContext& context) {
  const auto review =
      client.create({kReviews, "", ""}, reviewOf(question), Idempotency::kYes, context);
  if (!review) return tl::unexpected(review.error());
  auto answer = readAnswer(*review);
  if (answer) return *std::move(answer);
  return tl::unexpected(ApiError{.kind = ApiError::Kind::kMalformed,
                                 .message = answer.error().message(),
                                 .verb = "create",
                                 .resource = kReviews.qualifiedName()});
}

}  // namespace k8s
