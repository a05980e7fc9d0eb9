#include "job/decide/verdict.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "common/text/in_quotes.h"

namespace job {
namespace {

using text::inQuotes;

/// What a member holds, as people name it: "PG_DATA", "PG_TABLESPACE \"hot\"".
std::string volumeName(VolumeRole role, const std::string& tablespace) {
  std::string name(toString(role));
  if (role == VolumeRole::kTablespace) name += " " + inQuotes(tablespace);
  return name;
}

std::string describe(const VolumeSnapshot& member) {
  if (!member.role) return "snapshot " + inQuotes(member.name);
  return volumeName(*member.role, member.tablespace) + " member " + inQuotes(member.name);
}

/// What its cluster had when the backup was made; its own manifest knows, the live Cluster may have
/// been changed since.
VolumeSet requiredVolumes(const BackupGroup& group, const std::optional<VolumeSet>& live) {
  if (const VolumeSnapshot* data = group.data(); data != nullptr && data->manifest_volumes) {
    return *data->manifest_volumes;
  }
  for (const VolumeSnapshot& member : group.members) {
    if (member.manifest_volumes) return *member.manifest_volumes;
  }
  return live.value_or(VolumeSet());
}

std::vector<std::string> requiredVolumeNames(const VolumeSet& volumes) {
  std::vector<std::string> names = {volumeName(VolumeRole::kData, "")};
  if (volumes.wal) names.push_back(volumeName(VolumeRole::kWal, ""));
  for (const std::string& tablespace : volumes.tablespaces) {
    names.push_back(volumeName(VolumeRole::kTablespace, tablespace));
  }
  return names;
}

std::optional<std::string> whyVolumesAreWrong(const BackupGroup& group,
                                              const std::optional<VolumeSet>& live) {
  std::vector<std::string> present;
  for (const VolumeSnapshot& member : group.members) {
    if (member.role) present.push_back(volumeName(*member.role, member.tablespace));
  }
  for (const std::string& name : requiredVolumeNames(requiredVolumes(group, live))) {
    if (std::find(present.begin(), present.end(), name) == present.end()) {
      return name + " member is missing";
    }
  }
  std::sort(present.begin(), present.end());
  const auto twice = std::adjacent_find(present.begin(), present.end());
  if (twice != present.end()) return "it has more than one " + *twice + " member";
  return std::nullopt;
}

/// CNPG takes snapshots that carry a Backup's name for the Backup's own, so one created under a
/// name used before "completes" at once with the old data, and writes the new times on it. Not
/// compared with the Backup object, which a restore of the namespace makes anew. A minute is for
/// clocks that differ: what starts a backup and what creates its snapshots look at different ones.
std::optional<std::string> whyPhantom(const BackupGroup& group) {
  constexpr std::chrono::minutes kTolerance{1};
  const auto started = group.data()->backup_start.instant();
  for (const VolumeSnapshot& member : group.members) {
    const auto created = member.created.instant();
    if (started && created && *created + kTolerance < *started) {
      return describe(member) + " is older than the backup: its name was used before";
    }
  }
  return std::nullopt;
}

const VolumeSnapshot* firstUnready(const BackupGroup& group) {
  const auto found = std::find_if(group.members.begin(), group.members.end(),
                                  [](const VolumeSnapshot& member) { return !member.ready; });
  return found != group.members.end() ? &*found : nullptr;
}

std::string whyUnready(const VolumeSnapshot& member) {
  std::string reason = describe(member) + " is not ready to use";
  if (!member.error.empty()) reason += ": " + member.error;
  return reason;
}

std::optional<Judgement> judgeCompleteness(const BackupGroup& group,
                                           const std::optional<VolumeSet>& live) {
  const auto incomplete = [](std::string reason) {
    return Judgement{.verdict = Verdict::kIncomplete, .reason = std::move(reason)};
  };
  const auto doubtful = [](std::string reason) {
    return Judgement{
        .verdict = Verdict::kIncomplete, .reason = std::move(reason), .nothing_missing = true};
  };
  if (group.members.empty()) return incomplete("its Backup completed but its snapshots are gone");
  if (group.hasUnreadableMember()) return incomplete("a snapshot of it can't be read");
  if (auto reason = whyVolumesAreWrong(group, live)) return incomplete(*std::move(reason));
  if (group.endTime().absent()) {
    return incomplete("PG_DATA member has no backupEndTime: CloudNativePG did not complete it");
  }
  if (auto reason = whyPhantom(group)) return doubtful(*std::move(reason));
  if (const VolumeSnapshot* member = firstUnready(group)) return doubtful(whyUnready(*member));
  return std::nullopt;
}

Judgement judgeConsistency(const BackupGroup& group) {
  if (group.online()) {
    return {.verdict = Verdict::kUncertified,
            .reason =
                "it is an online backup: nothing certifies it beforehand, and restoring it is a "
                "crash recovery to the moment of its snapshot, to no other point in time"};
  }
  const std::optional<ControlData>& control_data = group.data()->control_data;
  if (!control_data) {
    return {.verdict = Verdict::kUncertified,
            .reason = "PG_DATA member has no pgControldata to judge by"};
  }
  const std::string state = "PostgreSQL was ";
  constexpr const char* kWhen = " when the snapshot was taken";
  if (control_data->shutDown()) {
    return {.verdict = Verdict::kCertified, .reason = state + control_data->state + kWhen};
  }
  return {.verdict = Verdict::kUnclean, .reason = state + inQuotes(control_data->state) + kWhen};
}

std::optional<std::string> whyTerminating(const BackupGroup& group) {
  for (const VolumeSnapshot& member : group.members) {
    if (member.deleting) return describe(member) + " is being deleted";
  }
  // The garbage collector takes what a Backup owns with it.
  if (group.backup && group.backup->deleting) return "its Backup is being deleted";
  return std::nullopt;
}

std::string whyPending(const Backup& backup) {
  if (backup.phase.empty()) return "CloudNativePG has not begun it";
  return "its Backup is in phase " + inQuotes(backup.phase);
}

std::string whyFailed(const Backup& backup) {
  const std::string reason = "its Backup ended in phase " + inQuotes(backup.phase);
  return backup.error.empty() ? reason : reason + ": " + backup.error;
}

}  // namespace

std::string_view toString(Verdict verdict) {
  switch (verdict) {
    case Verdict::kCertified:
      return "certified";
    case Verdict::kUncertified:
      return "uncertified";
    case Verdict::kUnclean:
      return "unclean";
    case Verdict::kIncomplete:
      return "incomplete";
    case Verdict::kFailed:
      return "failed";
    case Verdict::kPending:
      return "pending";
    case Verdict::kTerminating:
      return "terminating";
  }
  return "";
}

Judgement judge(const BackupGroup& group, const std::optional<VolumeSet>& live) {
  if (auto reason = whyTerminating(group)) {
    return {.verdict = Verdict::kTerminating, .reason = *std::move(reason)};
  }
  if (group.backup && group.backup->progress == BackupProgress::kInFlight) {
    return {.verdict = Verdict::kPending, .reason = whyPending(*group.backup)};
  }
  if (group.backup && group.backup->progress == BackupProgress::kFailed) {
    return {.verdict = Verdict::kFailed, .reason = whyFailed(*group.backup)};
  }
  if (auto judgement = judgeCompleteness(group, live)) return *std::move(judgement);
  return judgeConsistency(group);
}

}  // namespace job
