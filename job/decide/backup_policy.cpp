#include "job/decide/backup_policy.h"

#include "common/json/view.h"

namespace job {
namespace {

using Failure = tl::unexpected<std::string>;

/// A setting and where it comes from: the flag when it is given, else the CR.
template <typename T>
struct Setting {
  std::optional<T> value;
  std::string place;  // "--max-snapshots" or the CR's path
  std::string cure;

  bool missing() const { return !value; }
  Failure isRequired() const { return Failure(place + ": is required; " + cure); }
  Failure mustBe(const std::string& what, const std::string& because = "") const {
    const std::string is = ", is " + json::excerpt(json::Value(*value));
    return Failure(place + ": must be " + what + is + because + "; " + cure);
  }
};

template <typename T>
Setting<T> chooseSetting(const std::optional<T>& flag, const std::string& flag_name,
                         const std::optional<T>& of_cr, const std::string& path,
                         const std::string& cure) {
  if (flag) return {flag, flag_name, cure};
  return {of_cr, path, cure + ", or pass " + flag_name};
}

Setting<std::string> scheduleSetting(const BackupSpec& spec, const PolicyOverrides& overrides) {
  return chooseSetting(overrides.schedule, "--schedule", spec.schedule,
                       ".spec.dbSpec.dbBackup.schedule",
                       "give a cron expression such as \"0 2 * * *\"");
}

Setting<std::string> classSetting(const BackupSpec& spec, const PolicyOverrides& overrides) {
  return chooseSetting(overrides.snapshot_class, "--volume-snapshot-class", spec.snapshot_class,
                       ".spec.dbSpec.dbBackup.volumeSnapshot.volumeSnapshotClass",
                       "name a VolumeSnapshotClass of the database's storage");
}

Setting<std::int64_t> maxSnapshotsSetting(const BackupSpec& spec,
                                          const PolicyOverrides& overrides) {
  return chooseSetting(overrides.max_snapshots, "--max-snapshots", spec.max_snapshots,
                       ".spec.dbSpec.dbBackup.volumeSnapshot.maxSnapshots",
                       "say how many good backups to keep, at least 1");
}

tl::expected<cron::Schedule, std::string> parseSchedule(const Setting<std::string>& setting,
                                                        const PolicyOverrides& overrides) {
  const auto zone = cron::TimeZone::find(overrides.time_zone.value_or("UTC"));
  if (!zone) return Failure("--time-zone: " + zone.error());
  auto schedule = cron::Schedule::parse(*setting.value, *zone, cron::Dialect::kStandardOrSeconds);
  if (!schedule) return setting.mustBe("a schedule", ": " + schedule.error());
  return schedule;
}

}  // namespace

tl::expected<std::optional<BackupPolicy>, std::string> decidePolicy(
    const NooBaaSystem& system, const PolicyOverrides& overrides) {
  const bool has_section = system.backup.has_value();
  if (!has_section && !overrides.snapshot_class) return std::nullopt;

  // A class given by flag is a configuration by itself; a CR's section has to be whole.
  const BackupSpec spec = system.backup.value_or(BackupSpec());
  BackupPolicy policy;

  const auto schedule = scheduleSetting(spec, overrides);
  if (schedule.missing() && has_section) return schedule.isRequired();
  if (!schedule.missing()) {
    auto parsed = parseSchedule(schedule, overrides);
    if (!parsed) return tl::unexpected(parsed.error());
    policy.schedule = *std::move(parsed);
  }

  const auto snapshot_class = classSetting(spec, overrides);
  if (snapshot_class.missing()) return snapshot_class.isRequired();
  if (snapshot_class.value->empty()) return snapshot_class.mustBe("a name");
  policy.snapshot_class = *snapshot_class.value;

  const auto max_snapshots = maxSnapshotsSetting(spec, overrides);
  if (max_snapshots.missing() && has_section) return max_snapshots.isRequired();
  if (!max_snapshots.missing() && *max_snapshots.value < 1) {
    return max_snapshots.mustBe("at least 1");
  }
  policy.max_snapshots = max_snapshots.value;
  return policy;
}

}  // namespace job
