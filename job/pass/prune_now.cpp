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
#include "job/pass/take_over.h"

namespace job {
namespace {

using Fate = DecidedBackup::Fate;

/// The command in progress.
struct PruneCommand {
  Run run;
  std::optional<PrunePlanFile> filed = {};  // --plan
  bool refused = false;                     // the plan: nothing of it was applied
  std::map<std::string, DecidedBackup> decided = {};

  const Settings& settings() const { return run.session.settings; }
  bool onlyLooks() const { return run.dryRun() || !settings().plan_out.empty(); }
};

/// What there is and what is decided of it, at one moment.
struct Look {
  Catalogue catalogue;
  PrunePlan plan;
};

Outcome<Look> lookAround(PruneCommand& command, const Configuration& configuration) {
  Session& session = command.run.session;
  auto catalogue = readCatalogue(session, configuration.group, configuration.cluster);
  if (!catalogue) return tl::unexpected(catalogue.error());
  command.run.warn(catalogue->warnings);
  auto plan = planPruneInFull(session, configuration, *catalogue);
  if (!plan) return tl::unexpected(plan.error());
  return Look{*std::move(catalogue), *std::move(plan)};
}

/// Keeps for the table what was decided last of each backup.
void note(PruneCommand& command, const Catalogue& catalogue, const PrunePlan& plan,
          Fate of_removals) {
  for (const RetentionDecision& decision : plan.decisions) {
    const auto judged = catalogue.find(decision.name);
    if (!judged) continue;
    const Verdict verdict = judged->judgement.verdict;
    const Timestamp time = isGood(verdict) ? judged->group.endTime() : judged->group.beginTime();
    command.decided[decision.name] = {.name = decision.name,
                                      .time = time.instant(),
                                      .verdict = verdict,
                                      .reason = decision.reason,
                                      .fate = decision.remove ? of_removals : Fate::kKept};
  }
}

void setFate(PruneCommand& command, const std::vector<std::string>& names, Fate fate) {
  for (const std::string& name : names) {
    const auto found = command.decided.find(name);
    if (found != command.decided.end()) found->second.fate = fate;
  }
}

void putTable(PruneCommand& command) {
  std::vector<DecidedBackup>& rows = command.run.result.decided;
  for (auto& [name, row] : command.decided) rows.push_back(std::move(row));
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

Outcome<void> readPlan(PruneCommand& command) {
  const Session& session = command.run.session;
  const std::string& path = command.settings().plan_in;
  if (path.empty()) return {};
  auto filed = readPlanFile(path);
  if (!filed) return tl::unexpected(filed.error());
  if (filed->name_space != session.name_space || filed->cluster != session.cluster()) {
    return tl::unexpected(
        Failure{ExitCode::kConfiguration, "the plan " + path + " is for Cluster " +
                                              filed->name_space + "/" + filed->cluster + ", not " +
                                              session.name_space + "/" + session.cluster()});
  }
  command.filed = *std::move(filed);
  return {};
}

/// Where a pass would end well without pruning, a plan that somebody gave is not applied.
Outcome<bool> leave(PruneCommand& command, PassOutcome outcome, const std::string& why) {
  if (command.filed) {
    command.refused = true;
    return tl::unexpected(Failure{ExitCode::kIncomplete, "the plan " + command.settings().plan_in +
                                                             " was not applied: " + why});
  }
  command.run.result.said = outcome;
  command.run.result.reason = why;
  return false;
}

/// True: there is something to decide, and it is for us.
Outcome<bool> configure(PruneCommand& command, Configuration& configuration) {
  Run& run = command.run;
  auto read = readConfiguration(run.session);
  if (!read) return tl::unexpected(read.error());
  configuration = *std::move(read);
  if (!configuration.policy) {
    return leave(command, PassOutcome::kNothingToDo, configuration.nothing_to_do);
  }
  if (isDeferred(run.session, configuration)) {
    const std::string why =
        deferredTo(configuration.active_schedules, run.session.cluster(), "nothing was pruned") +
        ", or with ignore to prune beside it";
    if (!command.filed) run.warn(why);
    return leave(command, PassOutcome::kDeferred, why);
  }
  return true;
}

/// Fails when the plan that was given must not be applied; else leaves in `look` no other removals.
Outcome<void> keepToPlan(PruneCommand& command, const Configuration& configuration, Look& look) {
  if (!command.filed) return {};
  constexpr std::size_t kTold = 3;
  auto reasons = whyStale(*command.filed, fileOf(command.run.session, configuration, look));
  if (!reasons.empty()) {
    command.refused = true;
    const std::size_t more = reasons.size() - std::min(reasons.size(), kTold);
    reasons.resize(reasons.size() - more);
    if (more > 0) reasons.push_back("and " + std::to_string(more) + " more");
    return tl::unexpected(Failure{
        ExitCode::kIncomplete, "the plan " + command.settings().plan_in +
                                   " is stale, so nothing was deleted: " + joined(reasons, "; ") +
                                   "; make another with --plan-out"});
  }
  std::set<std::string> removals;
  for (const PlannedBackup& backup : command.filed->backups) {
    if (backup.remove) removals.insert(backup.name);
  }
  for (RetentionDecision& decision : look.plan.decisions) {
    if (!decision.remove || removals.contains(decision.name)) continue;
    decision.remove = false;
    command.decided[decision.name].fate = Fate::kNotInThePlan;
  }
  return {};
}

std::string backups(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " backup" : " backups");
}

/// Where nothing goes.
void sayNothingToDo(PruneCommand& command, const Look& look) {
  PassResult& result = command.run.result;
  result.said = PassOutcome::kNothingToDo;
  if (command.filed) {
    const bool empty = std::ranges::none_of(command.filed->backups, &PlannedBackup::remove);
    result.reason =
        empty ? "the plan deletes no backup" : "nothing is left of what the plan deletes";
  } else if (!look.plan.max_snapshots) {
    result.reason = "maxSnapshots is not set, so nothing is pruned";
  } else {
    result.reason = "no backup is to go";
  }
}

/// What there is, for a result that may end before anything is deleted.
void describe(PruneCommand& command, const Configuration& configuration, const Look& look) {
  describeStatus(command.run, configuration, look.catalogue);
  describeKept(command.run, look.plan, look.catalogue);
}

/// --dry-run and --plan-out.
Outcome<void> tellOnly(PruneCommand& command, const Configuration& configuration) {
  auto look = lookAround(command, configuration);
  if (!look) return tl::unexpected(look.error());
  PassResult& result = command.run.result;
  result.dry_run = true;
  note(command, look->catalogue, look->plan, Fate::kToGo);
  describe(command, configuration, *look);
  const std::string& path = command.settings().plan_out;
  if (!path.empty()) {
    const auto written = writePlanFile(path, fileOf(command.run.session, configuration, *look));
    if (!written) return tl::unexpected(written.error());
  }
  if (auto kept = keepToPlan(command, configuration, *look); !kept) return kept;
  result.would_prune = look->plan.removals();
  const auto going = result.would_prune.size();
  result.kept -= std::ranges::count_if(result.would_prune, [&](const std::string& name) {
    return isGood(look->catalogue.find(name)->judgement.verdict);
  });
  if (going == 0) sayNothingToDo(command, *look);
  if (!path.empty()) {
    result.said.reset();
    result.reason = going == 0 ? "the plan was written to " + path + "; it deletes no backup"
                               : "the plan was written to " + path + "; it deletes " +
                                     backups(going) + " once it is applied by --plan";
  } else if (going > 0) {
    result.reason = backups(going) + " would be deleted; as a dry run it changed nothing";
  }
  return {};
}

/// What the plan deletes and is still there though nothing of it could be deleted now: an earlier
/// run deleted its snapshots, and they take their time.
void tellOfStragglers(const PruneCommand& command, const Catalogue& catalogue,
                      PruneOutcome& outcome) {
  for (const PlannedBackup& backup : command.filed->backups) {
    const auto judged = backup.remove ? catalogue.find(backup.name) : std::nullopt;
    if (!judged || judged->judgement.verdict != Verdict::kTerminating) continue;
    if (!judged->group.backup || judged->group.backup->deleting) continue;
    if (std::ranges::find(outcome.failed, backup.name) != outcome.failed.end()) continue;
    outcome.failed.push_back(backup.name);
    outcome.problems.push_back("the snapshots of Backup " + backup.name +
                               " are being deleted still; apply the plan once more for the rest, "
                               "or leave that to the next pass");
  }
}

PruneOutcome applyFiled(PruneCommand& command, PassLock& lock, const Configuration& configuration,
                        const Look& look, Catalogue& catalogue) {
  PruneOutcome outcome =
      applyPlan(command.run.session, lock, configuration, look.plan, catalogue, OnChange::kStop);
  for (const std::string& name : outcome.changed) {
    outcome.failed.push_back(name);
    outcome.problems.push_back("Backup " + name +
                               ", one that replaces it, or the NooBaa CR changed meanwhile, so no "
                               "more of the plan was applied; make another with --plan-out");
  }
  outcome.changed.clear();
  tellOfStragglers(command, catalogue, outcome);
  return outcome;
}

Outcome<void> pruneLocked(PruneCommand& command, PassLock& lock, Configuration& configuration) {
  Run& run = command.run;
  Session& session = run.session;
  auto look = lookAround(command, configuration);
  if (!look) return tl::unexpected(look.error());
  note(command, look->catalogue, look->plan, Fate::kToGo);
  describe(command, configuration, *look);
  if (auto kept = keepToPlan(command, configuration, *look); !kept) return kept;
  // Only now, as a suspended schedule's backups are ours to judge, and a plan made before is stale.
  if (auto taken = takeOverSchedules(session, lock, configuration); !taken) return taken;

  const PublishedPruning done = pruneAndPublish(
      run, lock, configuration, look->catalogue,
      [&](Catalogue& catalogue, PrunePlan& plan, const Announce& announce) {
        if (!command.filed) {
          const auto noted = [&](const std::vector<std::string>& going) {
            note(command, catalogue, plan, Fate::kToGo);
            announce(going);
          };
          PruneOutcome outcome = prune(session, lock, configuration, "", catalogue, plan, noted);
          note(command, catalogue, plan, Fate::kToGo);
          return outcome;
        }
        plan = look->plan;
        if (const auto going = plan.removals(); !going.empty()) announce(going);
        return applyFiled(command, lock, configuration, *look, catalogue);
      });
  setFate(command, done.pruned.pruned, Fate::kGone);
  setFate(command, done.pruned.failed, Fate::kNotGone);
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
    sayNothingToDo(command, *look);
  } else {
    run.result.reason = backups(done.pruned.pruned.size()) +
                        (done.pruned.pruned.size() == 1 ? " was deleted" : " were deleted");
  }
  return {};
}

Outcome<void> work(PruneCommand& command) {
  Session& session = command.run.session;
  if (auto read = readPlan(command); !read) return read;
  Configuration configuration;
  auto wanted = configure(command, configuration);
  if (!wanted) return tl::unexpected(wanted.error());
  if (!*wanted) return {};
  if (command.onlyLooks()) return tellOnly(command, configuration);

  auto lock = PassLock::acquire(session, timing::Duration(session.settings.lock_wait));
  if (!lock) return tl::unexpected(lock.error());
  if (lock->waited()) {
    // Another pass, and whoever else, changed things while we waited.
    wanted = configure(command, configuration);
    if (!wanted) return tl::unexpected(wanted.error());
    if (!*wanted) return {};
  }
  auto done = pruneLocked(command, *lock, configuration);
  if (done) return {};
  return tl::unexpected(lock->causeOf(done.error()));
}

}  // namespace

PassResult pruneNow(Session& session) {
  return resultOf(session, "prune", [&](PassResult& filled) {
    PruneCommand command{{session, filled}};
    auto done = work(command);
    // Of a refused plan it would show what nobody asked for.
    if (!command.refused) putTable(command);
    if (command.refused) filled.said = PassOutcome::kRefused;
    return done;
  });
}

}  // namespace job
