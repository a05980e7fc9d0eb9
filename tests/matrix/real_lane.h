#pragma once

#include <memory>
#include <string>

#include "common/k8s/connection/connection.h"
#include "tests/matrix/installation.h"

namespace matrix {

/// What lanes need of a real cluster, taken from the environment as tests/e2e/run does:
/// E2E_STORAGE_CLASS, E2E_SNAPSHOT_CLASS, E2E_POSTGRES_IMAGE, E2E_CNPG_API_GROUP; and the NooBaa
/// CRD, installed where absent and removed with this object. Throws std::runtime_error with a
/// message for people.
class RealCluster {
 public:
  explicit RealCluster(const std::string& kubeconfig);
  ~RealCluster();
  RealCluster(const RealCluster&) = delete;
  RealCluster& operator=(const RealCluster&) = delete;

  /// A namespace of its own with a NooBaa CR and a ready database of one instance. Safe to call
  /// from several threads. Throws likewise.
  std::unique_ptr<Lane> makeLane(int number) const;

 private:
  k8s::Connection connection_;
  bool made_crd_ = false;
  std::string snapshot_class_;
};

}  // namespace matrix
