#pragma once

#include <functional>

#include "common/k8s/client.h"

namespace k8s {

/// Repeats `change`, which reads the object and writes it back, while that ends in a Conflict: 5
/// tries, 10 ms doubled up to 160 ms between them, as client-go's util/retry. The last result.
ApiResult<json::Value> retryOnConflict(Client& client, const CallContext& context,
                                       const std::function<ApiResult<json::Value>()>& change);

}  // namespace k8s
