#pragma once

#include <string>

#include "common/k8s/client.h"

namespace k8s {

/// May we `verb` this? As of RBAC: subresource and names apart, "" for any.
struct AccessQuestion {
  std::string verb;
  std::string group;
  std::string resource;
  std::string subresource;
  std::string name_space;  // "" for cluster-scoped resources, or for all namespaces
  std::string name;
};

struct AccessAnswer {
  bool allowed = false;
  bool denied = false;           // by an authorizer that has the last word
  std::string reason;            // the server's, often empty
  std::string evaluation_error;  // the answer may be wrong: an authorizer could not be asked
};

/// SelfSubjectAccessReview (authorization.k8s.io/v1). To tell people what is missing, never to
/// decide: rights may change until they are used.
ApiResult<AccessAnswer> reviewAccess(Client& client, const AccessQuestion& question,
                                     const CallContext& context);

}  // namespace k8s
