#include "job/pass/prune_now.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "job/decide/prune_plan_file.h"
#include "job/model/joined.h"
#include "job/pass/describe_backups.h"
#include "job/pass/plan_file.h"
#include "job/pass/prune_and_publish.h"

namespace job {
namespace {

using Fate = DecidedBackup::Fate;

/// The command in progress.
struct Prune {
  Run run;
  std::optional<PrunePlanFile> filed = {};  // --plan
  bool stale = false;
  std::map<std::string, DecidedBackup> decided = {};

  const Settings& settings() const { return run.session.settings; }
  bool onlyLooks() const { return run.dryRun() || !settings().plan_out.empty(); }
};

/// What there is and what is decided of it, at one moment.
struct Look {
  Catalogue catalogue;
  PrunePlan plan;
};

Outcome<Look> lookAround(Prune& prune, const Configuration& configuration) {
  Session& session = prune.run.session;
  auto catalogue = readCatalogue(session, configuration.group, configuration.cluster);
  if (!catalogue) return tl::unexpected(catalogue.error());
  prune.run.warn(catalogue->warnings);
  auto plan = planPruneInFull(session, configuration, *catalogue);
  if (!plan) return tl::unexpected(plan.error());
  return Look{*std::move(catalogue), *std::move(plan)};
}

/// Keeps for the table what was decided last of each backup.
void note(Prune& prune, const Catalogue& catalogue, const PrunePlan& plan, Fate of_removals) {
  for (const RetentionDecision& decision : plan.decisions) {
    const JudgedGroup* judged = catalogue.find(decision.name);
    if (judged == nullptr) continue;
    const Verdict verdict = judged->judgement.verdict;
    const Timestamp time = isGood(verdict) ? judged->group.endTime() : judged->group.beginTime();
    prune.decided[decision.name] = {.name = decision.name,
                                    .time = time.instant(),
                                    .verdict = verdict,
                                    .reason = decision.reason,
                                    .fate = decision.remove ? of_removals : Fate::kKept};
  }
}

void setFate(Prune& prune, const std::vector<std::string>& names, Fate fate) {
  for (const std::string& name : names) {
    const auto found = prune.decided.find(name);
    if (found != prune.decided.end()) found->second.fate = fate;
  }
}

void putTable(Prune& prune) {
  std::vector<DecidedBackup>& rows = prune.run.result.decided;
  for (auto& [name, row] : prune.decided) rows.push_back(std::move(row));
  std::ranges::stable_sort(rows, [](const DecidedBackup& a, const DecidedBackup& b) {
    return std::pair(a.time, a.name) > std::pair(b.time, b.name);
  });
}

PrunePlanFile fileOf(const Session& session, const Configuration& configuration, const Look& look) {
  return {.made = session.clock.now(),
          .name_space = session.name_space,
          .cluster = session.cluster(),
          .cluster_uid = configuration.cluster ? configuration.cluster->uid : "",
          .max_snapshots = look.plan.max_snapshots,
          .recovery_snapshot = look.plan.recovery_snapshot,
          .backups = plannedBackups(look.catalogue.groups, look.plan.decisions)};
}

Outcome<void> readPlan(Prune& prune) {
  const Session& session = prune.run.session;
  const std::string& path = prune.settings().plan_in;
  if (path.empty()) return {};
  auto filed = readPlanFile(path);
  if (!filed) return tl::unexpected(filed.error());
  if (filed->name_space != session.name_space || filed->cluster != session.cluster()) {
    return tl::unexpected(
        Failure{ExitCode::kConfiguration, "the plan " + path + " is for Cluster " +
                                              filed->name_space + "/" + filed->cluster + ", not " +
                                              session.name_space + "/" + session.cluster()});
  }
  prune.filed = *std::move(filed);
  return {};
}

/// True: there is something to decide, and it is for us.
Outcome<bool> configure(Prune& prune, Configuration& configuration) {
  Run& run = prune.run;
  auto read = readConfiguration(run.session);
  if (!read) return tl::unexpected(read.error());
  configuration = *std::move(read);
  if (!configuration.policy) {
    run.result.said = PassOutcome::kNothingToDo;
    run.result.reason = configuration.nothing_to_do;
    return false;
  }
  if (isDeferred(run.session, configuration)) {
    run.result.said = PassOutcome::kDeferred;
    run.result.reason = "ScheduledBackup " + namesOf(configuration.active_schedules) +
                        " schedules the backups of " + run.session.cluster() +
                        ", so nothing was pruned; suspend it, or run with --operator-schedule "
                        "ignore";
    run.warn(run.result.reason);
    return false;
  }
  return true;
}

/// Fails when the plan that was given must not be applied; else leaves in `look` no other removals.
Outcome<void> keepToPlan(Prune& prune, const Configuration& configuration, Look& look) {
  if (!prune.filed) return {};
  constexpr std::size_t kTold = 3;
  auto reasons = whyStale(*prune.filed, fileOf(prune.run.session, configuration, look));
  if (!reasons.empty()) {
    prune.stale = true;
    const std::size_t more = reasons.size() - std::min(reasons.size(), kTold);
    reasons.resize(reasons.size() - more);
    if (more > 0) reasons.push_back("and " + std::to_string(more) + " more");
    return tl::unexpected(Failure{
        ExitCode::kIncomplete, "the plan " + prune.settings().plan_in +
                                   " is stale, so nothing was deleted: " + joined(reasons, "; ") +
                                   "; make another with --plan-out"});
  }
  std::set<std::string> removals;
  for (const PlannedBackup& backup : prune.filed->backups) {
    if (backup.remove) removals.insert(backup.name);
  }
  for (RetentionDecision& decision : look.plan.decisions) {
    if (!decision.remove || removals.contains(decision.name)) continue;
    decision.remove = false;
    prune.decided[decision.name].fate = Fate::kNotInThePlan;
  }
  return {};
}

std::string backups(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " backup" : " backups");
}

/// Where nothing goes.
void sayNothingToDo(Prune& prune, const Look& look) {
  PassResult& result = prune.run.result;
  result.said = PassOutcome::kNothingToDo;
  if (prune.filed) {
    result.reason = "nothing is left of what the plan deletes";
  } else if (!look.plan.max_snapshots) {
    result.reason = "maxSnapshots is not set, so nothing is pruned";
  } else {
    result.reason = "no backup is to go";
  }
}

/// --dry-run and --plan-out.
Outcome<void> tellOnly(Prune& prune, const Configuration& configuration) {
  auto look = lookAround(prune, configuration);
  if (!look) return tl::unexpected(look.error());
  PassResult& result = prune.run.result;
  result.dry_run = true;
  note(prune, look->catalogue, look->plan, Fate::kToGo);
  describeStatus(prune.run, configuration, look->catalogue);
  const std::string& path = prune.settings().plan_out;
  if (!path.empty()) {
    const auto written = writePlanFile(path, fileOf(prune.run.session, configuration, *look));
    if (!written) return tl::unexpected(written.error());
  }
  if (auto kept = keepToPlan(prune, configuration, *look); !kept) return kept;
  result.would_prune = look->plan.removals();
  describeKept(prune.run, look->plan, look->catalogue);
  const auto going = result.would_prune.size();
  result.kept -= std::ranges::count_if(result.would_prune, [&](const std::string& name) {
    return isGood(look->catalogue.find(name)->judgement.verdict);
  });
  if (going == 0) sayNothingToDo(prune, *look);
  if (!path.empty()) {
    result.reason =
        "the plan " + path + " deletes " + backups(going) + " once it is applied by --plan";
  } else if (going > 0) {
    result.reason = backups(going) + " would be deleted; as a dry run it changed nothing";
  }
  return {};
}

/// What the plan deletes and is still there though nothing of it could be deleted now: an earlier
/// run deleted its snapshots, and they take their time.
void tellOfStragglers(const Prune& prune, const Catalogue& catalogue, PruneOutcome& outcome) {
  for (const PlannedBackup& backup : prune.filed->backups) {
    const JudgedGroup* judged = backup.remove ? catalogue.find(backup.name) : nullptr;
    if (judged == nullptr || judged->judgement.verdict != Verdict::kTerminating) continue;
    if (!judged->group.backup || judged->group.backup->deleting) continue;
    if (std::ranges::find(outcome.failed, backup.name) != outcome.failed.end()) continue;
    outcome.failed.push_back(backup.name);
    outcome.problems.push_back("the snapshots of Backup " + backup.name +
                               " are being deleted still; apply the plan once more for the rest, "
                               "or leave that to the next pass");
  }
}

PruneOutcome applyFiled(Prune& prune, PassLock& lock, const Configuration& configuration,
                        const Look& look, Catalogue& catalogue) {
  PruneOutcome outcome =
      applyPlan(prune.run.session, lock, configuration, look.plan, catalogue, OnChange::kStop);
  for (const std::string& name : outcome.changed) {
    outcome.failed.push_back(name);
    outcome.problems.push_back("Backup " + name +
                               ", one that replaces it, or the NooBaa CR changed meanwhile, so no "
                               "more of the plan was applied; make another with --plan-out");
  }
  outcome.changed.clear();
  tellOfStragglers(prune, catalogue, outcome);
  return outcome;
}

Outcome<void> pruneLocked(Prune& prune, PassLock& lock, const Configuration& configuration) {
  Run& run = prune.run;
  Session& session = run.session;
  auto look = lookAround(prune, configuration);
  if (!look) return tl::unexpected(look.error());
  note(prune, look->catalogue, look->plan, Fate::kToGo);
  if (auto kept = keepToPlan(prune, configuration, *look); !kept) return kept;

  const PublishedPruning done =
      pruneAndPublish(run, lock, configuration, look->catalogue,
                      [&](Catalogue& catalogue, PrunePlan& plan, const Announce& announce) {
                        if (!prune.filed) {
                          const auto noted = [&](const std::vector<std::string>& going) {
                            note(prune, catalogue, plan, Fate::kToGo);
                            announce(going);
                          };
                          PruneOutcome outcome =
                              job::prune(session, lock, configuration, "", catalogue, plan, noted);
                          note(prune, catalogue, plan, Fate::kToGo);
                          return outcome;
                        }
                        plan = look->plan;
                        if (const auto going = plan.removals(); !going.empty()) announce(going);
                        return applyFiled(prune, lock, configuration, *look, catalogue);
                      });
  setFate(prune, done.pruned.pruned, Fate::kGone);
  setFate(prune, done.pruned.failed, Fate::kNotGone);
  if (session.stop.stop_requested()) {
    return tl::unexpected(
        Failure{ExitCode::kInterrupted, "stopped after " + backups(done.pruned.pruned.size()) +
                                            " had been deleted; run it again for the rest"});
  }
  tellOfPruning(run, configuration, done.pruned);
  if (lock.lost()) return lock.confirm();
  if (!done.problems.empty()) {
    return tl::unexpected(Failure{ExitCode::kIncomplete, joined(done.problems, "; ")});
  }
  if (done.pruned.pruned.empty()) {
    sayNothingToDo(prune, *look);
  } else {
    run.result.reason = backups(done.pruned.pruned.size()) +
                        (done.pruned.pruned.size() == 1 ? " was deleted" : " were deleted");
  }
  return {};
}

Outcome<void> work(Prune& prune) {
  Session& session = prune.run.session;
  if (auto read = readPlan(prune); !read) return read;
  Configuration configuration;
  auto wanted = configure(prune, configuration);
  if (!wanted) return tl::unexpected(wanted.error());
  if (!*wanted) return {};
  if (prune.onlyLooks()) return tellOnly(prune, configuration);

  auto lock = PassLock::acquire(session, timing::Duration(session.settings.lock_wait));
  if (!lock) return tl::unexpected(lock.error());
  if (lock->waited()) {
    // Another pass, and whoever else, changed things while we waited.
    wanted = configure(prune, configuration);
    if (!wanted) return tl::unexpected(wanted.error());
    if (!*wanted) return {};
  }
  auto done = pruneLocked(prune, *lock, configuration);
  if (done) return {};
  return tl::unexpected(lock->causeOf(done.error()));
}

}  // namespace

PassResult pruneNow(Session& session) {
  bool stale = false;
  PassResult result = resultOf(session, "prune", [&](PassResult& filled) {
    Prune prune{{session, filled}};
    auto done = work(prune);
    // Of a stale plan it would show what nobody asked for.
    if (!prune.stale) putTable(prune);
    stale = prune.stale;
    return done;
  });
  if (stale) result.said = PassOutcome::kRefused;
  return result;
}

}  // namespace job
