#include "common/k8s/transport/credential_source.h"

#include "common/k8s/transport/file_credentials.h"
#include "common/k8s/transport/plugin_credentials.h"

namespace k8s {

std::unique_ptr<CredentialSource> credentialSourceOf(const Connection& connection,
                                                     const timing::Clock& clock,
                                                     const Surroundings& surroundings) {
  if (connection.exec) {
    return std::make_unique<PluginCredentials>(*connection.exec, surroundings.environment,
                                               surroundings.stderr_is_terminal);
  }
  return std::make_unique<FileCredentials>(connection, clock, surroundings.read_file);
}

}  // namespace k8s
