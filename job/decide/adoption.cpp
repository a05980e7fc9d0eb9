#include "job/decide/adoption.h"

namespace job {
namespace {

bool isResultOf(const Backup& backup, const std::string& run, timing::Instant since) {
  const std::optional<timing::Instant> created = backup.created.instant();
  return created && *created >= since && isOurs(backup) && !run.empty() && backup.run == run &&
         !backup.deleting && backup.progress == BackupProgress::kCompleted;
}

void keepFirstByName(const Backup*& kept, const Backup& candidate) {
  if (kept == nullptr || candidate.name < kept->name) kept = &candidate;
}

}  // namespace

bool isOurs(const Backup& backup) {
  return backup.ours && backup.isVolumeSnapshot();
}

Start decideStart(const std::vector<Backup>& backups, const std::string& cluster,
                  const std::string& run, timing::Instant results_since) {
  const Backup* result = nullptr;
  const Backup* ours = nullptr;
  const Backup* foreign = nullptr;
  for (const Backup& backup : backups) {
    if (backup.cluster != cluster) continue;
    if (isResultOf(backup, run, results_since)) keepFirstByName(result, backup);
    if (backup.progress != BackupProgress::kInFlight) continue;
    keepFirstByName(isOurs(backup) ? ours : foreign, backup);
  }
  if (result != nullptr) return TakeResult{*result};
  if (ours != nullptr) return AwaitOurs{*ours};
  if (foreign != nullptr) return AwaitForeign{*foreign};
  return MakeNew{};
}

}  // namespace job
