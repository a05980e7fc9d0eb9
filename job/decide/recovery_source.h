#pragma once

#include <map>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "common/json/value.h"

namespace job {

/// Where a database comes back from: the VolumeSnapshots of one backup, found fit for it.
struct RecoverySource {
  std::string backup;                               // label cnpg.io/backupName
  std::string data;                                 // PG_DATA VolumeSnapshot
  std::string wal;                                  // "": the backup has no WAL volume
  std::map<std::string, std::string> tablespaces;   // tablespace -> VolumeSnapshot
  std::map<std::string, std::string> restore_size;  // VolumeSnapshot -> quantity, as far as known
  std::string system_identifier;                    // of pgControldata; "" when not known
  std::optional<int> major;                         // label cnpg.io/majorVersion
  json::Value manifest;  // cnpg.io/clusterManifest: the Cluster as it was; null when unreadable
};

/// Pure. `wanted` is the name that people gave, `of_backup` every VolumeSnapshot object of its
/// backup, itself among them (empty: there is none of that name). Fit is one that is ready and
/// stays, of `cluster`, of role PG_DATA, with each sibling its own manifest asks for, likewise ready,
/// of PostgreSQL major `major` when both are known. The error is one clause: object, field, value,
/// what to do.
tl::expected<RecoverySource, std::string> chooseSource(const std::string& wanted,
                                                       const std::vector<json::Value>& of_backup,
                                                       const std::string& cluster,
                                                       std::optional<int> major);

}  // namespace job
