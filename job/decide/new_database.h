#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "common/json/value.h"
#include "job/decide/recovery_source.h"
#include "job/model/database_spec.h"

namespace job {

/// An older, standalone PostgreSQL that has the database.
struct ImportSource {
  std::string host;
  std::string user;
  std::string secret;  // its key "password"
};

/// A Cluster for a NooBaa system's database that comes from no backup.
struct NewDatabase {
  std::string group;
  std::string name_space;
  std::string name;
  std::string system;   // the NooBaa CR's name
  json::Value catalog;  // the ImageCatalog imageCatalogName(system), or null when there is none
  json::Value owner;    // an ownerReference, or null
  std::optional<ImportSource> import;  // empty: an empty database
};

/// "<system>-db-pg-image-catalog", which noobaa-operator makes.
std::string imageCatalogName(const std::string& system);

/// Pure: the Cluster object, with what the NooBaa CR asks for and noobaa-operator's own values for
/// the rest. Database nbcore, owner noobaa, localeCollate C. Its image is the catalog's of the
/// wanted major, else spec.dbSpec.image; the error says that there is neither, and what to do.
tl::expected<json::Value, std::string> newDatabase(const DatabaseSpec& spec,
                                                   const NewDatabase& wishes);

/// Pure: `cluster` with a WAL volume and tablespaces where the backup has snapshots of them, in the
/// storage class of its data: what stands in for a manifest that can't be read.
json::Value withVolumesOf(json::Value cluster, const RecoverySource& source);

}  // namespace job
