#include "job/decide/coexistence.h"

#include <algorithm>
#include <iterator>

#include "job/model/joined.h"

namespace job {
namespace {

/// CNPG names a ScheduledBackup's Backups "<scheduledbackup>-<YYYYMMDDhhmmss>".
bool isNamedBySchedule(const std::string& name, const std::string& schedule) {
  constexpr std::size_t kDigits = 14;
  const std::string prefix = schedule + "-";
  if (name.compare(0, prefix.size(), prefix) != 0) return false;
  const std::string stamp = name.substr(prefix.size(), kDigits);
  return stamp.size() == kDigits &&
         std::all_of(stamp.begin(), stamp.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool isLabelledBySchedule(const BackupGroup& group, const std::string& schedule) {
  if (group.backup && group.backup->scheduled_by == schedule) return true;
  return std::any_of(group.members.begin(), group.members.end(),
                     [&](const VolumeSnapshot& member) { return member.scheduled_by == schedule; });
}

}  // namespace

std::vector<ScheduledBackup> activeSchedules(const std::vector<ScheduledBackup>& all,
                                             const std::string& cluster) {
  std::vector<ScheduledBackup> active;
  std::copy_if(all.begin(), all.end(), std::back_inserter(active),
               [&](const ScheduledBackup& schedule) {
                 return schedule.cluster == cluster && !schedule.suspended;
               });
  return active;
}

bool belongsToSchedule(const BackupGroup& group, const std::vector<ScheduledBackup>& active) {
  return std::any_of(active.begin(), active.end(), [&](const ScheduledBackup& schedule) {
    return isLabelledBySchedule(group, schedule.name) ||
           (!group.backup && isNamedBySchedule(group.name, schedule.name));
  });
}

std::string namesOf(const std::vector<ScheduledBackup>& schedules) {
  std::vector<std::string> names;
  names.reserve(schedules.size());
  for (const ScheduledBackup& schedule : schedules) names.push_back(schedule.name);
  return joined(names);
}

std::string whoSchedules(const std::vector<ScheduledBackup>& schedules,
                         const std::string& cluster) {
  return "ScheduledBackup " + namesOf(schedules) + " schedules the backups of " + cluster;
}

std::string deferredTo(const std::vector<ScheduledBackup>& schedules, const std::string& cluster,
                       const std::string& consequence) {
  return whoSchedules(schedules, cluster) + ", so " + consequence +
         "; to take over, suspend it or run with --operator-schedule suspend";
}

}  // namespace job
