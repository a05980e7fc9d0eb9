#include "job/pass/mark_backup.h"

#include <optional>
#include <utility>

#include "job/model/names.h"

namespace job {
namespace {

std::optional<json::Value> patchFor(const JudgedGroup& judged, const VolumeSnapshot& member) {
  const Backup& backup = *judged.group.backup;
  json::Value patch;
  if (!member.ours) patch["metadata"]["labels"][kOursLabel] = "true";
  if (member.run != backup.run) patch["metadata"]["labels"][kRunLabel] = backup.run;
  if (backup.held && !member.held) patch["metadata"]["annotations"][kHoldAnnotation] = "true";
  const std::string_view verdict = toString(judged.judgement.verdict);
  if (&member == judged.group.data() && member.recorded_verdict != verdict) {
    patch["metadata"]["annotations"][kVerdictAnnotation] = verdict;
  }
  if (patch.isNull()) return std::nullopt;
  // The snapshot is to be the one that was judged.
  patch["metadata"]["uid"] = member.uid;
  return patch;
}

}  // namespace

std::vector<std::string> markBackups(Session& session, PassLock& lock, Catalogue& catalogue) {
  std::vector<std::string> problems;
  for (JudgedGroup& judged : catalogue.groups) {
    if (!judged.group.backup || !judged.group.backup->ours || !isGood(judged.judgement.verdict))
      continue;
    for (VolumeSnapshot& member : judged.group.members) {
      const auto patch = patchFor(judged, member);
      if (!patch) continue;
      if (auto held = lock.confirm(); !held) {
        problems.push_back(held.error().message);
        return problems;
      }
      const auto patched =
          session.client.mergePatch(session.object(volumeSnapshotType(), member.name), *patch,
                                    k8s::Subresource::kNone, session.context());
      if (!patched) {
        problems.push_back(
            failureOf(patched.error(), "label VolumeSnapshot " + member.name).message);
        continue;
      }
      // Its resourceVersion has moved, by which it may be deleted later in this pass.
      if (auto marked = readVolumeSnapshot(*patched)) member = *std::move(marked);
    }
  }
  return problems;
}

}  // namespace job
