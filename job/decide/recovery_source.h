#pragma once

#include <map>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "common/json/value.h"
#include "job/decide/judge_backups.h"

namespace job {

/// Where a database comes back from: the VolumeSnapshots of one backup, found fit for it.
struct RecoverySource {
  std::string backup;  // label cnpg.io/backupName
  std::string data;    // PG_DATA VolumeSnapshot
  std::string data_uid;
  std::string wal;                                  // "": the backup has no WAL volume
  std::map<std::string, std::string> tablespaces;   // tablespace -> VolumeSnapshot
  std::map<std::string, std::string> restore_size;  // VolumeSnapshot -> quantity, as far as known
  std::string system_identifier;                    // of pgControldata; "" when not known
  std::optional<int> major;  // label cnpg.io/majorVersion, else the manifest's
  json::Value manifest;      // cnpg.io/clusterManifest: the Cluster as it was; null only if allowed
  std::vector<std::string> warnings;  // for people: what is doubtful about it, one clause each

  /// "<data>/<its uid>": the value of annotation noobaa.io/db-recovery-source.
  std::string mark() const { return data + "/" + data_uid; }
};

/// What the backup has to fit.
struct RecoveryDemands {
  std::string name_space;    // for messages
  std::string cluster;       // whose backup it is
  std::optional<int> major;  // DatabaseSpec::wantedMajor()
  /// A Cluster can be made without the manifest; what volumes it had is then not known.
  bool without_manifest = false;
};

/// Pure. `wanted` is the name of a PG_DATA VolumeSnapshot, `of_backup` every VolumeSnapshot object
/// of its backup, itself among them (empty: there is none of that name), `judged` its backup among
/// those of its cluster, nullptr when that is not known.
///
/// Fit is one that is ready and stays, of the cluster, of role PG_DATA, with a readable manifest
/// and each sibling that this asks for, likewise ready; whose backup is not pending, failed,
/// incomplete or terminating, and not online with volumes besides the data; of the PostgreSQL major
/// that is demanded, and that its manifest names. Uncertified, unclean and online are warnings. The
/// error is one clause: object, field, value, what to do.
tl::expected<RecoverySource, std::string> chooseSource(const std::string& wanted,
                                                       const std::vector<json::Value>& of_backup,
                                                       const JudgedGroup* judged,
                                                       const RecoveryDemands& demands);

}  // namespace job
