#include "job/decide/adoption.h"

namespace job {
namespace {

bool isOf(const Backup& backup, const std::string& run) {
  return !run.empty() && backup.run == run;
}

bool isResult(const Backup& backup, timing::Instant since) {
  const std::optional<timing::Instant> created = backup.created.instant();
  return created && *created >= since && !backup.deleting &&
         backup.progress == BackupProgress::kCompleted;
}

void keepFirstByName(std::optional<Backup>& kept, const Backup& candidate) {
  if (!kept || candidate.name < kept->name) kept = candidate;
}

}  // namespace

bool isOurs(const Backup& backup) {
  return backup.ours && backup.isVolumeSnapshot();
}

bool isAsRequested(const Backup& backup, const BackupRequest& request) {
  return isOurs(backup) && backup.online == request.online &&
         (request.name.empty() || backup.name == request.name);
}

Start decideStart(const Backups& backups, const std::string& cluster, const BackupRequest& request,
                  const std::string& run, timing::Instant results_since) {
  std::optional<Backup> result;
  std::optional<Backup> ours;
  std::optional<Backup> other;
  for (const Backup& backup : backups) {
    if (backup.cluster != cluster) continue;
    const bool of_run = isOf(backup, run);
    // This run's own is what it was, whatever mark somebody has put on it or taken from it since.
    const bool as_requested =
        isAsRequested(backup, request) && (of_run || backup.held == request.hold);
    if (as_requested && of_run && isResult(backup, results_since)) keepFirstByName(result, backup);
    if (backup.progress != BackupProgress::kInFlight) continue;
    keepFirstByName(as_requested && (of_run || !request.on_demand) ? ours : other, backup);
  }
  if (result) return TakeResult{*result};
  if (ours) return AwaitOurs{*ours};
  if (other) return AwaitOther{*other};
  return MakeNew{};
}

}  // namespace job
