#pragma once

#include <string>

#include "common/k8s/connection/connection.h"

namespace matrix {

/// NooBaa and its database in a namespace, and how to reach them.
struct Installation {
  k8s::Connection connection;
  std::string name_space;
  std::string cnpg_group;
  /// With 1 a second Backup of a run would be pruned, and not be seen.
  int max_snapshots = 2;

  /// The names are those that the worker looks for by default.
  static constexpr const char* kSystem = "noobaa";
  static constexpr const char* kCluster = "noobaa-db-pg-cluster";
};

/// One for a lane alone; removed with this object.
class Lane {
 public:
  virtual ~Lane() = default;
  virtual const Installation& installation() const = 0;
  /// Waits until the database is as it was when the lane was made, so that each pass finds the
  /// same.
  virtual void settle() {}
};

}  // namespace matrix
