#include "job/pass/catalogue.h"

#include <utility>

namespace job {

std::optional<JudgedGroup> Catalogue::find(const std::string& name) const {
  const auto index = groups.find(name);
  return index ? std::optional(groups[*index]) : std::nullopt;
}

void Catalogue::replace(const JudgedGroup& judged) {
  if (const auto index = groups.find(judged.group.name)) groups.set(*index, judged);
}

std::map<Verdict, std::int64_t> Catalogue::verdicts() const {
  std::map<Verdict, std::int64_t> counts;
  for (std::size_t i = 0; i < groups.size(); ++i) ++counts[groups.judgementOf(i).verdict];
  return counts;
}

void Catalogue::judgeAgain() {
  judgeBackups(groups, volumes);
}

Outcome<Catalogue> readCatalogue(Session& session, const std::string& group,
                                 const std::optional<Cluster>& cluster) {
  Catalogue catalogue;
  if (cluster) catalogue.volumes = cluster->volumes;
  auto backups = listBackups(session, group);
  if (!backups) return tl::unexpected(backups.error());
  auto snapshots = listSnapshots(session, catalogue.warnings);
  if (!snapshots) return tl::unexpected(snapshots.error());
  catalogue.groups =
      JudgedGroups(BackupGroups(*std::move(backups), *std::move(snapshots), session.cluster()));
  catalogue.judgeAgain();
  return catalogue;
}

bool lacksOnlyReadiness(const JudgedGroup& judged, const std::optional<VolumeSet>& volumes) {
  if (judged.judgement.verdict != Verdict::kIncomplete) return false;
  BackupGroup ready = judged.group;
  for (VolumeSnapshot& member : ready.members) {
    member.ready = true;
    member.error.clear();
  }
  return isGood(judge(ready, volumes).verdict);
}

}  // namespace job
