#pragma once

#include <string>

#include "common/json/value.h"

namespace sim {

/// CustomResourceDefinitions to POST to an ApiServer. They are as strict as the real ones where a
/// backup worker reads or writes, and keep whatever they are given elsewhere.

/// NooBaa as of 5.21. The schedule's pattern is the real one, which admits nonsense.
json::Value noobaaCrd();
/// NooBaa up to 5.20: knows nothing of dbBackup, dbRecovery and their statuses, and so prunes them.
json::Value noobaaCrdWithoutBackups();

json::Value clusterCrd(const std::string& cnpg_group);
json::Value backupCrd(const std::string& cnpg_group);
json::Value scheduledBackupCrd(const std::string& cnpg_group);
json::Value imageCatalogCrd(const std::string& cnpg_group);

json::Value volumeSnapshotCrd();
json::Value volumeSnapshotClassCrd();
json::Value volumeSnapshotContentCrd();

}  // namespace sim
