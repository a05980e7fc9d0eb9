#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "common/json/value.h"
#include "common/k8s/resource.h"

namespace sim {

/// A refusal as the API server words it: a metav1.Status of status Failure.
struct StatusError {
  int code = 500;
  std::string reason;
  std::string message;
  json::Object details;
  std::string continue_token = {};  // of an Expired list: from where to go on, inconsistently
};

template <typename T>
using Outcome = tl::expected<T, StatusError>;

/// One field that validation refuses. `problem` is the message without the field.
struct Cause {
  std::string reason;
  std::string field;
  std::string problem;
};

Cause required(std::string field, std::string_view detail = "");
/// `shown` is the offending value as the message shows it: JSON, or a type's name.
Cause invalidValue(std::string field, std::string_view shown, std::string_view detail);
Cause invalidText(std::string field, std::string_view text, std::string_view detail);
Cause forbiddenField(std::string field, std::string_view detail);
Cause unsupportedValue(std::string field, std::string_view shown, std::string_view supported);

StatusError badRequest(std::string message);
StatusError unauthorized();
StatusError forbidden(const k8s::ResourceType& type, std::string_view name, std::string message);
StatusError notFound(const k8s::ResourceType& type, std::string_view name);
StatusError alreadyExists(const k8s::ResourceType& type, std::string_view name);
StatusError conflict(const k8s::ResourceType& type, std::string_view name,
                     std::string_view problem);
/// The conflict of a write with a stale resourceVersion.
StatusError modifiedSince(const k8s::ResourceType& type, std::string_view name);
StatusError invalid(const k8s::ResourceType& type, std::string_view name,
                    const std::vector<Cause>& causes);
StatusError expired(std::string message);
StatusError methodNotAllowed();
StatusError methodNotSupported(const k8s::ResourceType& type, std::string_view verb);
/// A path below a served group that leads nowhere.
StatusError noSuchResource();
/// A query parameter or DeleteOptions that validation refuses; `kind` is CreateOptions...
StatusError invalidOptions(std::string_view kind, const Cause& cause);
StatusError unsupportedMediaType(std::string_view accepted);
/// What the real server answers to some malformed input: 500 without a reason.
StatusError internalError(std::string message);
StatusError tooLargeResourceVersion(std::string_view wanted, std::string_view current);

json::Value statusObject(const StatusError& error);

/// `text` in double quotes, escaped as Go's %q does for printable texts.
std::string quoted(std::string_view text);

}  // namespace sim
