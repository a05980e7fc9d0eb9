#include "job/pass/mark_backup.h"

#include <optional>
#include <utility>

#include "job/model/names.h"

namespace job {
namespace {

std::optional<json::Value> patchFor(const JudgedGroup& judged, const VolumeSnapshot& member) {
  const Backup& backup = *judged.group.backup;
  json::Value patch;
  // One that does not count is marked with its verdict only, so that nobody restores it by mistake.
  if (isGood(judged.judgement.verdict)) {
    if (!member.ours) patch["metadata"]["labels"][kOursLabel] = "true";
    if (member.run != backup.run) patch["metadata"]["labels"][kRunLabel] = backup.run;
    if (backup.held && !member.held) patch["metadata"]["annotations"][kHoldAnnotation] = "true";
  }
  const std::string_view verdict = toString(judged.judgement.verdict);
  if (&member == judged.group.data() && member.recorded_verdict != verdict) {
    patch["metadata"]["annotations"][kVerdictAnnotation] = verdict;
  }
  if (patch.isNull()) return std::nullopt;
  // The snapshot is to be the one that was judged.
  patch["metadata"]["uid"] = member.uid;
  return patch;
}

struct Marking {
  bool goes_on = true;   // else nothing more may be written
  bool changed = false;  // a member is as the API server shows it now
};

Marking mark(Session& session, PassLock& lock, JudgedGroup& judged,
             std::vector<std::string>& problems) {
  Marking marking;
  for (VolumeSnapshot& member : judged.group.members) {
    const auto patch = patchFor(judged, member);
    if (!patch) continue;
    if (auto held = lock.confirm(); !held) {
      problems.push_back(held.error().message);
      marking.goes_on = false;
      return marking;
    }
    const auto patched =
        session.client.mergePatch(session.object(volumeSnapshotType(), member.name), *patch,
                                  k8s::Subresource::kNone, session.changing());
    // Somebody deleted it; what is left of an older backup is not this pass's result.
    if (!patched && patched.error().isNotFound()) continue;
    if (!patched) {
      problems.push_back(failureOf(patched.error(), "label VolumeSnapshot " + member.name).message);
      continue;
    }
    // Its resourceVersion has moved, by which it may be deleted later in this pass.
    if (auto marked = readVolumeSnapshot(*patched)) {
      member = *std::move(marked);
      marking.changed = true;
    }
  }
  return marking;
}

bool isOurs(const JudgedGroup& judged) {
  return judged.group.backup && judged.group.backup->ours;
}

}  // namespace

std::vector<std::string> markBackups(Session& session, PassLock& lock, Catalogue& catalogue) {
  std::vector<std::string> problems;
  for (std::size_t i = 0; i < catalogue.groups.size(); ++i) {
    if (!isGood(catalogue.groups.judgementOf(i).verdict)) continue;
    JudgedGroup judged = catalogue.groups[i];
    if (!isOurs(judged)) continue;
    const Marking marking = mark(session, lock, judged, problems);
    if (marking.changed) catalogue.groups.set(i, judged);
    if (!marking.goes_on) break;
  }
  return problems;
}

std::vector<std::string> markUnusable(Session& session, PassLock& lock, JudgedGroup& judged) {
  std::vector<std::string> problems;
  const Verdict verdict = judged.judgement.verdict;
  const bool settled = verdict == Verdict::kUnclean || verdict == Verdict::kIncomplete ||
                       verdict == Verdict::kFailed;
  if (isOurs(judged) && settled) mark(session, lock, judged, problems);
  return problems;
}

}  // namespace job
