#include "job/pass/catalogue.h"

#include <algorithm>
#include <utility>

namespace job {

const JudgedGroup* Catalogue::find(const std::string& name) const {
  const auto found = std::ranges::find(
      groups, name,
      [](const JudgedGroup& judged) -> const std::string& { return judged.group.name; });
  return found == groups.end() ? nullptr : &*found;
}

JudgedGroup* Catalogue::find(const std::string& name) {
  return const_cast<JudgedGroup*>(std::as_const(*this).find(name));
}

std::map<Verdict, std::int64_t> Catalogue::verdicts() const {
  std::map<Verdict, std::int64_t> counts;
  for (const JudgedGroup& judged : groups) ++counts[judged.judgement.verdict];
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
  catalogue.backups = *std::move(backups);
  for (BackupGroup& each :
       groupBackups(catalogue.backups, *std::move(snapshots), session.cluster())) {
    catalogue.groups.push_back({std::move(each), {}});
  }
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
