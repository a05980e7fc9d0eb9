#include "job/decide/status_patch.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "common/json/view.h"
#include "common/time/rfc3339.h"

namespace job {
namespace {

/// A good backup that stays.
struct Good {
  std::size_t index;  // in the groups
  std::optional<timing::Instant> end;
};

bool hasSnapshot(const BackupGroup& group) {
  return std::any_of(group.members.begin(), group.members.end(),
                     [](const VolumeSnapshot& member) { return !member.deleting; });
}

/// Oldest first; one whose time can't be read comes last, equal times in order of names.
void sortOldestFirst(std::vector<Good>& good, const JudgedGroups& groups) {
  const auto key = [&](const Good& each) {
    return std::tuple(!each.end.has_value(), each.end, groups.nameOf(each.index));
  };
  std::sort(good.begin(), good.end(),
            [&](const Good& a, const Good& b) { return key(a) < key(b); });
}

struct Field {
  const char* name;
  json::Value value;  // null when the field is to be absent
};

std::vector<Field> fieldsOf(const BackupStatus& status) {
  const auto or_null = [](bool absent, json::Value value) {
    return absent ? json::Value() : std::move(value);
  };
  const auto& available = status.available_snapshots;
  return {
      {"lastBackupTime", or_null(status.last_backup_time.empty(), status.last_backup_time)},
      {"nextBackupTime", or_null(status.next_backup_time.empty(), status.next_backup_time)},
      {"totalSnapshots", or_null(status.total_snapshots == 0, status.total_snapshots)},
      {"availableSnapshots",
       or_null(available.empty(), json::Array(available.begin(), available.end()))},
  };
}

json::Value underBackupStatus(json::Value value) {
  json::Value patch;
  patch["status"]["dbStatus"]["backupStatus"] = std::move(value);
  return patch;
}

}  // namespace

BackupStatus decideStatus(const JudgedGroups& groups, const std::optional<cron::Schedule>& schedule,
                          timing::Instant now, const std::vector<std::string>& without) {
  const std::set<std::string_view> gone(without.begin(), without.end());
  BackupStatus status;
  std::vector<Good> good;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (gone.contains(groups.nameOf(i))) continue;
    const JudgedGroup judged = groups[i];
    if (hasSnapshot(judged.group)) ++status.total_snapshots;
    if (isGood(judged.judgement.verdict)) good.push_back({i, judged.group.endTime().instant()});
  }
  sortOldestFirst(good, groups);

  std::optional<timing::Instant> last;
  std::optional<timing::Instant> ahead;
  for (const auto& [index, end] : good) {
    const JudgedGroup judged = groups[index];
    status.available_snapshots.push_back(judged.group.data()->name);
    std::optional<timing::Instant>& latest = end && liesAhead(*end, now) ? ahead : last;
    latest = std::max(latest, end);
  }
  // A date ahead would hide for as long that nothing good is made any more.
  if (!last) last = ahead;
  if (last) status.last_backup_time = timing::formatRfc3339(*last);

  if (schedule) {
    const auto next = schedule->next(schedule->every() ? last.value_or(now) : now);
    if (next) status.next_backup_time = timing::formatRfc3339(*next);
  }
  return status;
}

std::optional<json::Value> statusPatch(const std::optional<BackupStatus>& current,
                                       const std::optional<BackupStatus>& wanted) {
  if (!wanted) return current ? std::optional(underBackupStatus(nullptr)) : std::nullopt;
  const BackupStatus before = current.value_or(BackupStatus());
  if (before == *wanted) return std::nullopt;

  // A null only where there is something to clear: not every server drops it elsewhere.
  const std::vector<Field> old_fields = fieldsOf(before);
  std::vector<Field> new_fields = fieldsOf(*wanted);
  json::Object patch;
  for (std::size_t i = 0; i < new_fields.size(); ++i) {
    if (new_fields[i].value.isNull() && old_fields[i].value.isNull()) continue;
    patch.set(new_fields[i].name, std::move(new_fields[i].value));
  }
  return underBackupStatus(std::move(patch));
}

std::vector<std::string> fieldsDropped(const BackupStatus& wanted, const json::Value& response) {
  json::Decoder decoder(response);
  const json::View shown = decoder.root()["status"]["dbStatus"]["backupStatus"];
  std::vector<std::string> dropped;
  for (const Field& field : fieldsOf(wanted)) {
    if (!field.value.isNull() && !shown[field.name].present()) dropped.emplace_back(field.name);
  }
  return dropped;
}

}  // namespace job
