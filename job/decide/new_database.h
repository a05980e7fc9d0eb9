#pragma once

#include <string>

#include "common/json/value.h"
#include "job/model/database_spec.h"

namespace job {

/// Pure: a Cluster object for a NooBaa system's database that comes from nowhere (initdb: database
/// nbcore, owner noobaa, localeCollate C) or from an older server (microservice import), with what
/// spec.dbSpec asks for and noobaa-operator's own defaults for the rest.
struct ImportSource {
  std::string host;
  std::string user;
  std::string secret;  // its key "password"
};
json::Value emptyCluster(const DatabaseSpec& spec, const std::string& group,
                         const std::string& name_space, const std::string& name,
                         const json::Value& owner);
json::Value importingCluster(const DatabaseSpec& spec, const std::string& group,
                             const std::string& name_space, const std::string& name,
                             const json::Value& owner, const ImportSource& source);

}  // namespace job
