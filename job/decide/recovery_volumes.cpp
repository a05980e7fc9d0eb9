#include "job/decide/recovery_volumes.h"

#include <algorithm>
#include <cstdint>

#include "common/text/in_quotes.h"
#include "job/model/names.h"
#include "job/model/object_meta.h"

namespace job {

std::string RecoveryOrigin::inWords() const {
  return std::string(toString(role)) +
         (role == VolumeRole::kTablespace ? " " + text::inQuotes(tablespace) : "");
}

std::vector<RecoveryOrigin> originsOf(const json::Value& cluster) {
  std::vector<RecoveryOrigin> origins;
  json::Decoder decoder(cluster);
  const json::View spec = decoder.root()["spec"];
  const json::View sources = spec["bootstrap"]["recovery"]["volumeSnapshots"];
  origins.push_back({VolumeRole::kData, "", sources["storage"]["name"].stringOr("")});
  const VolumeSet volumes = volumesOf(cluster);
  if (volumes.wal) {
    origins.push_back({VolumeRole::kWal, "", sources["walStorage"]["name"].stringOr("")});
  }
  for (const std::string& tablespace : volumes.tablespaces) {
    origins.push_back({VolumeRole::kTablespace, tablespace,
                       sources["tablespaceStorage"][tablespace]["name"].stringOr("")});
  }
  return origins;
}

RecoveryClaim readRecoveryClaim(const json::View& object) {
  const json::View spec = object["spec"];
  const json::View source = spec["dataSource"];
  return {.name = object["metadata"]["name"].stringOr(""),
          .tablespace = labelOf(object, kTablespaceLabel),
          .source = source["kind"].stringOr("") == "VolumeSnapshot" ? source["name"].stringOr("")
                                                                    : std::string(),
          .size = spec["resources"]["requests"]["storage"].stringOr(""),
          .created = Timestamp::read(object["metadata"]["creationTimestamp"].stringOr("")),
          .bound = object["status"]["phase"].stringOr("") == "Bound",
          .deleting = object["metadata"]["deletionTimestamp"].present()};
}

RecoverySnapshot readRecoverySnapshot(const json::View& object) {
  const json::View size = object["status"]["restoreSize"];
  const std::int64_t* bytes = size.present() ? size.value()->integer() : nullptr;
  return {.name = object["metadata"]["name"].stringOr(""),
          .role = annotationOf(object, kPvcRoleAnnotation).value_or(""),
          .backup = labelOf(object, kBackupNameLabel),
          .restore_size = bytes != nullptr ? std::to_string(*bytes) : size.stringOr(""),
          .error = object["status"]["error"]["message"].stringOr(""),
          .ready = object["status"]["readyToUse"].booleanOr(false)};
}

const RecoveryClaim* claimFor(const RecoveryOrigin& origin, const std::string& instance,
                              const std::vector<RecoveryClaim>& claims) {
  const auto fits = [&](const RecoveryClaim& claim) {
    switch (origin.role) {
      case VolumeRole::kData:
        return claim.name == instance;
      case VolumeRole::kWal:
        return claim.name == instance + "-wal";
      case VolumeRole::kTablespace:
        return claim.name.starts_with(instance + "-tbs-") && claim.tablespace == origin.tablespace;
    }
    return false;
  };
  const auto found = std::find_if(claims.begin(), claims.end(), fits);
  return found == claims.end() ? nullptr : &*found;
}

}  // namespace job
