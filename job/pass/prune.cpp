#include "job/pass/prune.h"

#include <algorithm>
#include <utility>

#include "job/decide/retention_candidates.h"
#include "job/model/names.h"

namespace job {
namespace {

enum class Removal { kGone, kChanged, kFailed, kStop };

/// Why a backup is not (wholly) gone.
struct RemovalResult {
  Removal removal = Removal::kGone;
  std::string problem;
  bool begun = false;  // some of it went before
};

RemovalResult removeObject(Session& session, PassLock& lock, const k8s::ResourceType& type,
                           const std::string& name, const k8s::Preconditions& as_judged) {
  if (auto kept = lock.keep(); !kept) return {Removal::kStop, kept.error().message};
  const auto removed = session.client.remove(session.object(type, name), as_judged, session.finishing());
  if (removed) return {};
  if (removed.error().isConflict()) return {Removal::kChanged, type.kind + " " + name + " changed meanwhile"};
  const Failure failure = failureOf(removed.error(), "delete " + type.kind + " " + name);
  return {failure.code == ExitCode::kInterrupted ? Removal::kStop : Removal::kFailed, failure.message};
}

/// Snapshots first: a Backup without snapshots is judged incomplete and goes next time, while snapshots
/// without their Backup would look whole.
RemovalResult removeGroup(Session& session, PassLock& lock, const std::string& api_group, BackupGroup& group) {
  bool begun = false;
  // PG_DATA last among them: while it is there the rest is seen to be missing.
  std::stable_partition(group.members.begin(), group.members.end(),
                        [](const VolumeSnapshot& member) { return member.role != VolumeRole::kData; });
  for (VolumeSnapshot& member : group.members) {
    if (member.deleting) continue;
    auto result = removeObject(session, lock, volumeSnapshotType(), member.name,
                               {.uid = member.uid, .resource_version = member.resource_version});
    result.begun = begun;
    if (result.removal != Removal::kGone) return result;
    member.deleting = true;
    begun = true;
  }
  if (!group.backup) return {};
  auto result = removeObject(session, lock, backupType(api_group), group.backup->name,
                             {.uid = group.backup->uid, .resource_version = group.backup->resource_version});
  result.begun = begun;
  return result;
}

bool anyRemoval(const std::vector<RetentionDecision>& decisions) {
  return std::any_of(decisions.begin(), decisions.end(), [](const RetentionDecision& d) { return d.remove; });
}

/// Everything that may hold a backup, as it is now.
Outcome<References> freshReferences(Session& session, const Examination& examination) {
  References references = knownReferences(examination);
  auto clusters = readClusterReferences(session, examination.group);
  if (!clusters) return tl::unexpected(clusters.error());
  auto claims = readVolumeClaims(session);
  if (!claims) return tl::unexpected(claims.error());
  // dbRecovery may have been set while the backup was made.
  auto system = readSystem(session);
  if (!system) return tl::unexpected(system.error());
  if (system->recovery_snapshot) references.recovery_snapshots.insert(*system->recovery_snapshot);
  references.cluster_snapshots.merge(clusters->cluster_snapshots);
  references.cluster_backups.merge(clusters->cluster_backups);
  references.pending_pvc_snapshots.merge(claims->pending.pending_pvc_snapshots);
  return references;
}

void summarise(const Catalogue& catalogue, const References& references, Pruned& pruned) {
  for (const JudgedGroup& judged : catalogue.groups) {
    const bool held = holdOf(judged.group, references) != Hold::kNone;
    if (held) pruned.held.push_back(judged.group.name);
    if (!held && isGood(judged.judgement.verdict)) ++pruned.kept;
  }
}

void fail(Pruned& pruned, const std::string& name, std::string problem) {
  pruned.failed.push_back(name);
  pruned.problems.push_back(std::move(problem));
}

/// One round over the decisions. True: something changed since it was judged, so look again.
bool removeDecided(Session& session, PassLock& lock, const std::string& api_group, Catalogue& catalogue,
                   Pruned& pruned, bool last_round) {
  bool changed = false;
  for (const RetentionDecision& decision : pruned.decisions) {
    if (!decision.remove) continue;
    const auto found = std::find_if(catalogue.groups.begin(), catalogue.groups.end(), [&](const JudgedGroup& j) {
      return j.group.name == decision.name;
    });
    if (found == catalogue.groups.end()) continue;
    const RemovalResult result = removeGroup(session, lock, api_group, found->group);
    switch (result.removal) {
      case Removal::kGone:
        session.log.info("backup pruned",
                         {{"backup", decision.name}, {"reason", toString(decision.reason)}});
        pruned.pruned.push_back(decision.name);
        catalogue.groups.erase(found);
        break;
      case Removal::kChanged:
        // One that is half gone is terminating from now on; the next pass finds it incomplete and finishes.
        if (last_round || result.begun) {
          fail(pruned, decision.name, result.problem);
        } else {
          changed = true;
        }
        break;
      case Removal::kFailed:
        session.log.warn("backup not pruned", {{"backup", decision.name}, {"error", result.problem}});
        fail(pruned, decision.name, result.problem);
        found->judgement = judge(found->group, catalogue.volumes);
        break;
      case Removal::kStop:
        fail(pruned, decision.name, result.problem);
        return false;
    }
  }
  return changed;
}

}  // namespace

References knownReferences(const Examination& examination) {
  References references = examination.claims.pending;
  if (examination.system.recovery_snapshot) {
    references.recovery_snapshots.insert(*examination.system.recovery_snapshot);
  }
  if (examination.cluster) {
    const BootstrapReferences& bootstrap = examination.cluster->bootstrap;
    references.cluster_snapshots.insert(bootstrap.snapshots.begin(), bootstrap.snapshots.end());
    if (!bootstrap.backup.empty()) references.cluster_backups.insert(bootstrap.backup);
  }
  return references;
}

std::vector<RetentionDecision> decideRetention(const Catalogue& catalogue, const References& references,
                                               const Examination& examination,
                                               const std::optional<RetentionCandidate>& extra) {
  std::vector<RetentionCandidate> candidates =
      retentionCandidates(catalogue.groups, references, examination.active_schedules);
  if (extra) candidates.push_back(*extra);
  return planRetention(candidates, examination.policy->max_snapshots);
}

Pruned prune(Session& session, PassLock& lock, const Examination& examination, Catalogue& catalogue) {
  constexpr int kRounds = 2;
  Pruned pruned;
  References references = knownReferences(examination);
  for (int round = 1; round <= kRounds; ++round) {
    pruned.decisions = decideRetention(catalogue, references, examination, std::nullopt);
    // More references can only mean fewer removals, so where nothing goes there is nothing to ask.
    if (!anyRemoval(pruned.decisions)) break;
    auto fresh = freshReferences(session, examination);
    if (!fresh) {
      pruned.problems.push_back("nothing was pruned: " + fresh.error().message);
      break;
    }
    references = *std::move(fresh);
    pruned.decisions = decideRetention(catalogue, references, examination, std::nullopt);
    if (!removeDecided(session, lock, examination.group, catalogue, pruned, round == kRounds)) break;

    auto again = readCatalogue(session, examination.group, examination.cluster);
    if (!again) {
      pruned.problems.push_back(again.error().message);
      break;
    }
    catalogue = *std::move(again);
  }
  summarise(catalogue, references, pruned);
  return pruned;
}

}  // namespace job
