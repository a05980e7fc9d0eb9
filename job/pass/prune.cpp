#include "job/pass/prune.h"

#include <algorithm>
#include <set>
#include <utility>

#include "job/decide/retention_candidates.h"
#include "job/model/name_rules.h"
#include "job/model/names.h"

namespace job {
namespace {

enum class Removal { kGone, kChanged, kFailed };

struct RemovalResult {
  Removal removal = Removal::kGone;
  std::string problem;
};

/// What is known to hold backups without asking again.
References knownReferences(const Configuration& configuration) {
  References references;
  if (configuration.system.recovery_snapshot) {
    references.recovery_snapshots.insert(*configuration.system.recovery_snapshot);
  }
  if (configuration.cluster) {
    const BootstrapReferences& bootstrap = configuration.cluster->bootstrap;
    references.cluster_snapshots.insert(bootstrap.snapshots.begin(), bootstrap.snapshots.end());
    if (!bootstrap.backup.empty()) references.cluster_backups.insert(bootstrap.backup);
  }
  return references;
}

/// Everything a plan depends on besides the catalogue.
struct Circumstances {
  References references;
  std::vector<ScheduledBackup> active_schedules;
  std::optional<std::int64_t> max_snapshots;
  std::string verified;
  std::optional<RetentionCandidate> imagined;
  timing::Instant now;
};

PrunePlan decide(const Catalogue& catalogue, const Circumstances& circumstances) {
  std::vector<RetentionCandidate> candidates =
      retentionCandidates(catalogue.groups, circumstances.references,
                          circumstances.active_schedules, circumstances.now);
  if (circumstances.imagined) candidates.push_back(*circumstances.imagined);
  PrunePlan plan;
  plan.decisions = planRetention(candidates, circumstances.max_snapshots);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    RetentionDecision& decision = plan.decisions[i];
    if (decision.remove && decision.name == circumstances.verified) {
      decision = {decision.name, false, RetentionReason::kWithinMaxSnapshots};
    }
    const bool held = candidates[i].hold != Hold::kNone;
    if (held) plan.held.push_back(candidates[i].name);
    if (!held && isGood(candidates[i].verdict) && !decision.remove) ++plan.kept;
  }
  return plan;
}

Circumstances knownCircumstances(const Configuration& configuration, const std::string& verified,
                                 timing::Instant now) {
  return {knownReferences(configuration),
          configuration.active_schedules,
          configuration.policy->max_snapshots,
          verified,
          std::nullopt,
          now};
}

Outcome<void> addFreshReferences(Session& session, const Configuration& configuration,
                                 References& references) {
  auto clusters = readClusterReferences(session, configuration.all_groups);
  if (!clusters) return tl::unexpected(clusters.error());
  auto claims = readVolumeClaims(session);
  if (!claims) return tl::unexpected(claims.error());
  references.cluster_snapshots.merge(clusters->cluster_snapshots);
  references.cluster_backups.merge(clusters->cluster_backups);
  references.drill_snapshots.merge(clusters->drill_snapshots);
  references.pending_pvc_snapshots.merge(claims->pending.pending_pvc_snapshots);
  return {};
}

std::set<std::string> fingerprint(const BackupGroup& group) {
  std::set<std::string> parts;
  for (const VolumeSnapshot& member : group.members)
    parts.insert(member.uid + "@" + member.resource_version);
  if (group.backup) parts.insert(group.backup->uid + "@" + group.backup->resource_version);
  return parts;
}

/// The good backups for whose sake others may go: the newest that stay, as many as fit into a label
/// selector that every proxy lets through.
std::vector<BackupGroup> survivorsOf(const Catalogue& catalogue, const PrunePlan& plan) {
  constexpr std::size_t kMost = 50;
  const std::vector<std::string> removals = plan.removals();
  const std::set<std::string> going(removals.begin(), removals.end());
  using Staying = std::pair<std::optional<timing::Instant>, std::size_t>;  // its end, its index
  std::vector<Staying> staying;
  for (std::size_t i = 0; i < catalogue.groups.size(); ++i) {
    const JudgedGroup judged = catalogue.groups[i];
    if (isGood(judged.judgement.verdict) && !going.contains(judged.group.name))
      staying.emplace_back(judged.group.endTime().instant(), i);
  }
  std::sort(staying.begin(), staying.end(),
            [](const Staying& a, const Staying& b) { return a.first > b.first; });
  if (staying.size() > kMost) staying.resize(kMost);
  std::vector<BackupGroup> survivors;
  survivors.reserve(staying.size());
  for (const auto& [end, index] : staying) survivors.push_back(catalogue.groups[index].group);
  return survivors;
}

std::string selectorOf(const Session& session, const BackupGroup& group,
                       const std::vector<BackupGroup>& survivors) {
  std::string names;
  // A name that can be no label's value, which a Backup of others may have, is on no snapshot.
  if (isLabelValue(group.name)) names = group.name;
  for (const BackupGroup& survivor : survivors) names += (names.empty() ? "" : ",") + survivor.name;
  return std::string(kClusterLabel) + "=" + session.cluster() + "," +
         std::string(kBackupNameLabel) + " in (" + names + ")";
}

/// Has each member of the backup a snapshot of its uid there that is ready and stays?
bool isWhole(const BackupGroup& group, const std::vector<VolumeSnapshot>& there) {
  return std::all_of(group.members.begin(), group.members.end(), [&](const VolumeSnapshot& member) {
    return std::any_of(there.begin(), there.end(), [&](const VolumeSnapshot& snapshot) {
      return snapshot.uid == member.uid && snapshot.ready && !snapshot.deleting;
    });
  });
}

/// Is the backup still as it was judged, the same members, the same versions, and are those whole
/// that it goes for? A hold put on any part of it shows here, before the first of them is gone.
Outcome<bool> isAsJudged(Session& session, const std::string& api_group, const BackupGroup& group,
                         const std::vector<BackupGroup>& survivors) {
  const k8s::ListOptions options{.label_selector = selectorOf(session, group, survivors),
                                 .field_selector = ""};
  const auto listed =
      session.client.list(session.collection(volumeSnapshotType()), options, session.context());
  if (!listed)
    return tl::unexpected(failureOf(listed.error(), "list the snapshots of " + group.name));
  BackupGroup now;
  std::vector<VolumeSnapshot> others;
  for (const json::Value& object : listed->items) {
    auto member = readVolumeSnapshot(object);
    if (!member) return false;
    auto& place = member->backup_name == group.name ? now.members : others;
    place.push_back(*std::move(member));
  }
  const bool replaced =
      std::all_of(survivors.begin(), survivors.end(),
                  [&](const BackupGroup& survivor) { return isWhole(survivor, others); });
  if (!replaced) return false;
  const auto object =
      session.client.get(session.object(backupType(api_group), group.name), session.context());
  if (object) {
    auto backup = readBackup(*object);
    if (!backup) return false;
    now.backup = *std::move(backup);
  } else if (!object.error().isNotFound()) {
    return tl::unexpected(failureOf(object.error(), "read Backup " + group.name));
  }
  return fingerprint(now) == fingerprint(group);
}

/// What the CR says of retention.
struct Wishes {
  std::optional<std::int64_t> max_snapshots;  // empty, too, when nothing is to be backed up
  std::optional<std::string> recovery_snapshot;
  friend bool operator==(const Wishes&, const Wishes&) = default;
};

Outcome<Wishes> readWishes(Session& session) {
  const auto system = readSystem(session);
  if (!system) return tl::unexpected(system.error());
  const auto policy = decidePolicy(*system, session.settings.overrides);
  if (!policy) return tl::unexpected(Failure{ExitCode::kConfiguration, policy.error()});
  return Wishes{*policy ? (*policy)->max_snapshots : std::nullopt, system->recovery_snapshot};
}

/// Both before the first delete of a backup: is everything as it was when it was decided that it
/// goes? What is changed after this is seen by the delete itself, if it is one of its snapshots,
/// and else too late by the time of one request.
Outcome<bool> mayGo(Session& session, const std::string& api_group, const PrunePlan& plan,
                    const BackupGroup& group, const std::vector<BackupGroup>& survivors) {
  auto as_judged = isAsJudged(session, api_group, group, survivors);
  if (!as_judged || !*as_judged) return as_judged;
  const auto wishes = readWishes(session);
  if (!wishes) return tl::unexpected(wishes.error());
  return *wishes == Wishes{plan.max_snapshots, plan.recovery_snapshot};
}

RemovalResult removeObject(Session& session, PassLock& lock, const k8s::ResourceType& type,
                           const std::string& name, const k8s::Preconditions& as_judged) {
  if (auto held = lock.confirm(); !held) return {Removal::kFailed, held.error().message};
  const auto removed =
      session.client.remove(session.object(type, name), as_judged, session.changing());
  if (removed) return {};
  return {removed.error().isConflict() ? Removal::kChanged : Removal::kFailed,
          failureOf(removed.error(), "delete " + type.kind + " " + name).message};
}

/// Snapshots first: a Backup without snapshots is judged incomplete and goes next time, while
/// snapshots without their Backup would look whole. PG_DATA first among them: whatever is left
/// without it is incomplete, while it alone looks whole when no manifest says what it had besides.
RemovalResult removeGroup(Session& session, PassLock& lock, const std::string& api_group,
                          const PrunePlan& plan, BackupGroup& group,
                          const std::vector<BackupGroup>& survivors) {
  const auto may_go = mayGo(session, api_group, plan, group, survivors);
  if (!may_go) return {Removal::kFailed, may_go.error().message};
  if (!*may_go) {
    return {Removal::kChanged, "Backup " + group.name +
                                   ", a newer one that replaces it, or the NooBaa CR changed "
                                   "meanwhile"};
  }

  std::stable_partition(
      group.members.begin(), group.members.end(),
      [](const VolumeSnapshot& member) { return member.role == VolumeRole::kData; });
  bool begun = false;
  for (VolumeSnapshot& member : group.members) {
    auto result = removeObject(session, lock, volumeSnapshotType(), member.name,
                               {.uid = member.uid, .resource_version = member.resource_version});
    // Half gone it can't be judged again: the next pass finds it incomplete and finishes.
    if (begun && result.removal == Removal::kChanged) result.removal = Removal::kFailed;
    if (result.removal != Removal::kGone) return result;
    member.deleting = true;
    begun = true;
  }
  if (!group.backup) return {};
  auto result =
      removeObject(session, lock, backupType(api_group), group.backup->name,
                   {.uid = group.backup->uid, .resource_version = group.backup->resource_version});
  if (begun && result.removal == Removal::kChanged) result.removal = Removal::kFailed;
  return result;
}

/// Adds a round: what failed before and was removed or judged again now has not failed.
void absorb(PruneOutcome& total, PruneOutcome round) {
  const auto mentions = [&](const std::string& name) {
    const auto in = [&](const std::vector<std::string>& names) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    return in(round.pruned) || in(round.failed) || in(round.changed);
  };
  for (std::size_t i = 0; i < total.failed.size(); ++i) {
    if (mentions(total.failed[i])) continue;
    round.failed.push_back(total.failed[i]);
    round.problems.push_back(total.problems[i]);
  }
  std::move(round.pruned.begin(), round.pruned.end(), std::back_inserter(total.pruned));
  total.reasons.merge(round.reasons);
  total.failed = std::move(round.failed);
  total.problems = std::move(round.problems);
  total.changed = std::move(round.changed);
}

/// By what is true now.
Outcome<PrunePlan> decideAnew(Session& session, const Configuration& configuration,
                              const Catalogue& catalogue, Circumstances now) {
  // The CR may have changed while the backup was made, in what to keep or in being there at all.
  const auto wishes = readWishes(session);
  if (!wishes) return tl::unexpected(wishes.error());
  now.max_snapshots = wishes->max_snapshots;
  if (wishes->recovery_snapshot)
    now.references.recovery_snapshots.insert(*wishes->recovery_snapshot);
  const auto schedules = listScheduledBackups(session, configuration.group);
  if (!schedules) return tl::unexpected(schedules.error());
  now.active_schedules = activeSchedules(*schedules, session.cluster());
  if (auto added = addFreshReferences(session, configuration, now.references); !added) {
    return tl::unexpected(added.error());
  }
  PrunePlan plan = decide(catalogue, now);
  plan.max_snapshots = wishes->max_snapshots;
  plan.recovery_snapshot = wishes->recovery_snapshot;
  return plan;
}

}  // namespace

std::vector<std::string> PrunePlan::removals() const {
  std::vector<std::string> names;
  for (const RetentionDecision& decision : decisions) {
    if (decision.remove) names.push_back(decision.name);
  }
  return names;
}

PrunePlan decidePrune(const Configuration& configuration, const Catalogue& catalogue,
                      const std::string& verified, timing::Instant now) {
  return decide(catalogue, knownCircumstances(configuration, verified, now));
}

Outcome<PrunePlan> planPrune(Session& session, const Configuration& configuration,
                             const Catalogue& catalogue, const std::string& verified,
                             const std::optional<RetentionCandidate>& imagined) {
  Circumstances now = knownCircumstances(configuration, verified, session.clock.now());
  now.imagined = imagined;
  PrunePlan plan = decide(catalogue, now);
  // More references and schedules can only mean fewer removals, so where nothing goes there is
  // nothing to ask.
  if (plan.removals().empty()) return plan;
  return decideAnew(session, configuration, catalogue, std::move(now));
}

Outcome<PrunePlan> planPruneInFull(Session& session, const Configuration& configuration,
                                   const Catalogue& catalogue) {
  return decideAnew(session, configuration, catalogue,
                    knownCircumstances(configuration, "", session.clock.now()));
}

PruneOutcome applyPlan(Session& session, PassLock& lock, const Configuration& configuration,
                       const PrunePlan& plan, Catalogue& catalogue, OnChange on_change) {
  PruneOutcome outcome;
  const std::vector<BackupGroup> survivors = survivorsOf(catalogue, plan);
  for (const RetentionDecision& decision : plan.decisions) {
    if (!decision.remove) continue;
    if (session.stop.stop_requested() || lock.lost()) break;
    auto judged = catalogue.find(decision.name);
    if (!judged) continue;
    RemovalResult result =
        removeGroup(session, lock, configuration.group, plan, judged->group, survivors);
    if (result.removal == Removal::kGone) {
      session.log.info("backup pruned",
                       {{"backup", decision.name}, {"reason", toString(decision.reason)}});
      outcome.pruned.push_back(decision.name);
      outcome.reasons[decision.name] = decision.reason;
      catalogue.groups.erase(*catalogue.groups.find(decision.name));
      continue;
    }
    session.log.warn("backup not pruned", {{"backup", decision.name}, {"why", result.problem}});
    catalogue.replace(*judged);
    catalogue.judgeAgain();
    if (result.removal == Removal::kChanged) {
      outcome.changed.push_back(decision.name);
      if (on_change == OnChange::kStop) break;
    } else {
      outcome.failed.push_back(decision.name);
      outcome.problems.push_back(std::move(result.problem));
    }
  }
  return outcome;
}

PruneOutcome prune(Session& session, PassLock& lock, const Configuration& configuration,
                   const std::string& verified, Catalogue& catalogue, PrunePlan& plan,
                   const Announce& announce) {
  PruneOutcome total;
  constexpr int kRounds = 2;
  for (int round = 1; round <= kRounds; ++round) {
    auto planned = planPrune(session, configuration, catalogue, verified);
    if (!planned) {
      if (round == 1) plan = decidePrune(configuration, catalogue, verified, session.clock.now());
      total.problems.push_back((round == 1 ? "nothing was pruned: " : "no more was pruned: ") +
                               planned.error().message);
      break;
    }
    plan = *std::move(planned);
    if (const auto going = plan.removals(); !going.empty()) announce(going);
    PruneOutcome done = applyPlan(session, lock, configuration, plan, catalogue);
    absorb(total, std::move(done));
    if (total.changed.empty()) break;
    auto fresh = readCatalogue(session, configuration.group, configuration.cluster);
    if (!fresh) {
      total.problems.push_back("what changed meanwhile was not judged again: " +
                               fresh.error().message);
      break;
    }
    catalogue = *std::move(fresh);
  }
  for (const std::string& name : total.changed) {
    total.failed.push_back(name);
    total.problems.push_back("Backup " + name + " keeps changing; the next pass judges it anew");
  }
  return total;
}

}  // namespace job
