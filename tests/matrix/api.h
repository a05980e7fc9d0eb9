#pragma once

#include <memory>

#include "common/k8s/client.h"
#include "common/k8s/connection/connection.h"
#include "common/log/logger.h"
#include "common/time/clock.h"

namespace matrix {

/// A client of an API server with all it needs. For one thread.
class Api {
 public:
  /// Throws std::runtime_error when the connection can't be used.
  explicit Api(const k8s::Connection& connection);
  ~Api();

  k8s::Client& client() { return *client_; }
  k8s::CallContext context() const;

 private:
  timing::SystemClock clock_;
  logging::Logger log_ = logging::Logger::silent(clock_);
  std::unique_ptr<k8s::HttpTransport> transport_;
  std::unique_ptr<k8s::Client> client_;
};

}  // namespace matrix
