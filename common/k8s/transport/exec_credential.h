#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "common/k8s/connection/exec_plugin.h"
#include "common/k8s/transport/credential_source.h"
#include "common/time/instant.h"

namespace k8s {

/// The value of KUBERNETES_EXEC_INFO for a plugin: an ExecCredential with spec.interactive = false.
std::string execInfoFor(const ExecPlugin& plugin);

/// What a plugin printed.
struct ExecReply {
  Credentials credentials;
  std::optional<timing::Instant> expires;  // empty: good until refused
};

/// Takes an ExecCredential of the plugin's apiVersion with a token, or a certificate and its key,
/// or all. The error says what is wrong with it and quotes nothing of it.
tl::expected<ExecReply, std::string> parseExecReply(std::string_view text,
                                                    const ExecPlugin& plugin);

}  // namespace k8s
