#pragma once

#include <string>
#include <vector>

#include "common/json/value.h"

namespace sim {

/// One volume of an instance and how CNPG names its snapshot.
struct Volume {
  std::string role;  // PG_DATA, PG_WAL, PG_TABLESPACE
  std::string claim;
  std::string snapshot;
  std::string snapshot_class;
  std::string tablespace;
  std::string size;
  std::string storage_class;
};

/// The volumes by the Cluster's spec, data first.
std::vector<Volume> volumesOf(const json::Value& cluster, const std::string& instance,
                              const std::string& backup);

/// A tablespace's part of claim and snapshot names.
std::string tablespaceSuffix(const std::string& tablespace);

}  // namespace sim
