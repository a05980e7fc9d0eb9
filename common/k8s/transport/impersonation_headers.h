#pragma once

#include <string>
#include <tl/expected.hpp>

#include "common/k8s/connection/connection.h"
#include "common/k8s/http.h"

namespace k8s {

/// Impersonate-User, -Uid, -Group and -Extra-..., as client-go's transport/round_trippers.go writes
/// them; none for nobody. The error says which part can't be a header, or that there is no user.
tl::expected<Headers, std::string> impersonationHeaders(const Impersonation& impersonation);

}  // namespace k8s
