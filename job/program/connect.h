#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <string>

#include "common/k8s/client.h"
#include "common/k8s/connection/connection.h"
#include "common/log/logger.h"
#include "job/cli/settings.h"
#include "job/failure.h"

namespace job {

/// A client and the namespace to use, made from the settings and the surroundings.
struct Connected {
  std::unique_ptr<k8s::HttpTransport> transport;
  std::unique_ptr<k8s::Client> client;
  std::string name_space;
};

/// The namespace: flag or environment (in the settings), else the connection's (kubeconfig context,
/// or the service account's file), else "default".
Outcome<Connected> connect(const Settings& settings, const k8s::Surroundings& surroundings,
                           timing::Clock& clock, logging::Logger& log);

}  // namespace job
