#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "common/json/value.h"
#include "common/json/view.h"

namespace job {

/// spec.dbSpec of the NooBaa CR, what a new Cluster takes from it, and what status.dbStatus knows of
/// the old one. Empty: not said.
struct DatabaseSpec {
  std::string image;
  std::optional<int> postgres_major;
  std::optional<int> instances;
  std::string min_volume_size;     // dbMinVolumeSize, a quantity
  std::string storage_class;       // dbStorageClass
  json::Value resources;           // dbResources, or null
  json::Value parameters;          // dbConf, or null
  std::string actual_volume_size;  // status.dbStatus.actualVolumeSize
};

tl::expected<DatabaseSpec, json::Error> readDatabaseSpec(const json::Value& noobaa);

}  // namespace job
