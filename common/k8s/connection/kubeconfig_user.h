#pragma once

#include "common/k8s/connection/kubeconfig_entry.h"

namespace k8s {

/// Whose credentials the connection bears, and whom it impersonates. As with client-go a token or a
/// client certificate beats exec, which then is not run.
void readUser(const EntryReader& user, Connection& connection);

}  // namespace k8s
