#pragma once

#include <string_view>

#include "common/json/value.h"
#include "common/k8s/api_error.h"
#include "common/k8s/http.h"

namespace k8s {

/// The error that a response other than 2xx stands for: its metav1.Status, or with a body of
/// another kind (a proxy's page) that body cut at 2048 bytes, as reason UnexpectedServerResponse.
ApiError errorOfReply(const HttpResponseHead& head, std::string_view body);

/// The error of a metav1.Status object, as it comes in a watch.
ApiError errorOfStatus(const json::Value& status);

}  // namespace k8s
