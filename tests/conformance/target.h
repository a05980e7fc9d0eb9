#pragma once

#include <memory>
#include <string>

#include "common/k8s/connection/connection.h"
#include "common/time/clock.h"

namespace conformance {

/// The API server under test: the one that the kubeconfig in NDB_CONFORMANCE_KUBECONFIG reaches,
/// else a simulated one in this process, behind HTTPS like the other.
class Target {
 public:
  Target();
  ~Target();

  timing::Clock& clock();
  const k8s::Connection& connection() const;
  bool isSimulated() const;
  /// Makes sure that the user has no rights. A real server gives an unknown user none.
  void denyAll(const std::string& user);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace conformance
