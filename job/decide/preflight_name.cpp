#include "job/decide/preflight.h"

#include <string_view>

#include "common/text/in_quotes.h"
#include "job/model/name_rules.h"

namespace job {
namespace {

using text::inQuotes;

bool startsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

/// CNPG names a backup's snapshots "<backup>", "<backup>-wal" and "<backup>-tbs-<tablespace>".
bool wouldBeSnapshotOf(const std::string& backup, const VolumeSnapshot& snapshot) {
  return snapshot.backup_name == backup || snapshot.name == backup ||
         snapshot.name == backup + "-wal" || startsWith(snapshot.name, backup + "-tbs-");
}

}  // namespace

std::string whyNotBackupName(const std::string& name, const std::string& cluster) {
  constexpr std::size_t kLongest = 63;
  if (name.empty()) return "a backup's name must not be empty";
  if (name.size() > kLongest) {
    return inQuotes(name) + " has " + std::to_string(name.size()) +
           " characters, a backup's name at most 63 (it becomes a label's value)";
  }
  if (!isDnsSubdomain(name)) {
    return inQuotes(name) +
           " is no DNS-1123 name: lower-case letters, digits, '-' and '.', with a letter or digit "
           "at both ends";
  }
  for (const char* suffix : {"-scheduled-backup", "-backup-"}) {
    if (startsWith(name, cluster + suffix)) {
      return inQuotes(name) + " begins with " + inQuotes(cluster + suffix) +
             ", which noobaa-operator keeps for its own backups";
    }
  }
  return "";
}

std::vector<Finding> judgeName(const std::string& name, const Backups& backups,
                               const VolumeSnapshots& snapshots) {
  const std::string taken = "the name " + inQuotes(name) + " is taken by ";
  const std::string cure = "take a name that was never used";
  for (const Backup& backup : backups) {
    if (backup.name == name) return {Finding::refuse(taken + "a Backup", cure)};
  }
  for (const VolumeSnapshot& snapshot : snapshots) {
    if (wouldBeSnapshotOf(name, snapshot)) {
      return {Finding::refuse(taken + "VolumeSnapshot " + inQuotes(snapshot.name) +
                                  ", which CloudNativePG would take for the new backup's",
                              cure)};
    }
  }
  return {};
}

}  // namespace job
