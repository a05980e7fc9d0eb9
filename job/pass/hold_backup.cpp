#include "job/pass/hold_backup.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "job/cli/nearest.h"
#include "job/cli/quoted.h"
#include "job/model/joined.h"
#include "job/model/names.h"
#include "job/pass/catalogue.h"
#include "job/pass/configuration.h"
#include "job/pass/pass_lock.h"
#include "job/pass/prune.h"

namespace job {
namespace {

enum class Wish { kHold, kRelease };

/// Of one backup, so far.
struct Marks {
  int written = 0;
  bool changed = false;  // an object is another than the one that was read, or gone
  std::vector<Failure> failures;
};

std::string fullName(const Session& session) {
  return "Backup " + session.name_space + "/" + session.settings.backup_name;
}

/// What somebody who typed this name may have meant.
std::string hintFor(const Catalogue& catalogue, const Session& session) {
  const std::string& typed = session.settings.backup_name;
  const std::string see = "; db-backup-status shows the backups there are";
  for (const Backup& backup : catalogue.groups.listedBackups()) {
    if (backup.name != typed) continue;
    if (backup.cluster != session.cluster()) {
      return ": the Backup of that name is of Cluster " + backup.cluster +
             "; name that by --cluster";
    }
    return ": the Backup of that name is no volume snapshot but by " + backup.method +
           ", which is neither counted nor pruned";
  }
  std::vector<std::string> names;
  for (const JudgedGroup& judged : catalogue.groups) {
    for (const VolumeSnapshot& member : judged.group.members) {
      if (member.name == typed) {
        return "; it is a VolumeSnapshot of backup " + judged.group.name +
               ", which is its name here";
      }
    }
    names.push_back(judged.group.name);
  }
  const std::string_view near = nearest(typed, {names.begin(), names.end()});
  return near.empty() ? see : "; did you mean " + std::string(near) + "?" + see.substr(1);
}

Failure absent(const Catalogue& catalogue, const Session& session) {
  return {ExitCode::kConfiguration,
          escaped("there is no backup " + session.settings.backup_name + " of Cluster " +
                  session.name_space + "/" + session.cluster() + hintFor(catalogue, session))};
}

/// The object is gone, or there is another of its name: a uid can't be changed.
bool isAnotherNow(const k8s::ApiError& error) {
  const auto is_uid = [](const k8s::ApiError::Cause& cause) {
    return cause.field == "metadata.uid";
  };
  return error.isNotFound() || error.isConflict() ||
         (error.isInvalid() && std::ranges::any_of(error.causes, is_uid));
}

/// Writes the annotation on one object; the object's new state, empty when that is not known.
template <typename Read>
auto write(Session& session, PassLock& lock, Wish wish, const k8s::ObjectRef& ref,
           const std::string& uid, Marks& marks, Read read) {
  using Model = typename decltype(read(json::Value()))::value_type;
  std::optional<Model> now;
  if (auto held = lock.confirm(); !held) {
    marks.failures.push_back(held.error());
    return now;
  }
  json::Value patch;
  patch["metadata"]["annotations"][kHoldAnnotation] =
      wish == Wish::kHold ? json::Value("true") : json::Value();
  // A stub of what can't be read has none; its name and labels say well enough what it is.
  if (!uid.empty()) patch["metadata"]["uid"] = uid;
  const auto answer =
      session.client.mergePatch(ref, patch, k8s::Subresource::kNone, session.changing());
  if (answer) {
    ++marks.written;
    if (auto model = read(*answer)) now = *std::move(model);
  } else if (isAnotherNow(answer.error())) {
    marks.changed = true;
  } else {
    const std::string doing = wish == Wish::kHold ? "mark " : "take the mark from ";
    marks.failures.push_back(failureOf(answer.error(), doing + ref.type.kind + " " + ref.name));
  }
  return now;
}

/// Writes what differs; one that can't be written does not stop the others, as any mark holds.
Marks markAll(Session& session, PassLock& lock, Wish wish, const std::string& api_group,
              BackupGroup& group) {
  const bool wanted = wish == Wish::kHold;
  Marks marks;
  if (group.backup && group.backup->held != wanted) {
    const auto ref = session.object(backupType(api_group), group.backup->name);
    if (auto now = write(session, lock, wish, ref, group.backup->uid, marks, readBackup))
      group.backup = *std::move(now);
  }
  for (VolumeSnapshot& member : group.members) {
    if (session.stop.stop_requested() || lock.lost()) break;
    // What a stub bears was not read.
    if (member.held == wanted && !member.unreadable) continue;
    const auto ref = session.object(volumeSnapshotType(), member.name);
    if (auto now = write(session, lock, wish, ref, member.uid, marks, readVolumeSnapshot))
      member = *std::move(now);
  }
  return marks;
}

std::vector<std::string> marked(const BackupGroup& group) {
  std::vector<std::string> objects;
  if (group.backup && group.backup->held) objects.push_back("Backup " + group.backup->name);
  for (const VolumeSnapshot& member : group.members) {
    if (member.held) objects.push_back("VolumeSnapshot " + member.name);
  }
  return objects;
}

/// A lost lock ends the loop over the objects, also when none of the writes failed by it.
void noteLoss(PassLock& lock, Marks& marks) {
  for (Failure& failure : marks.failures) failure = lock.causeOf(failure);
  if (!lock.lost() || !marks.failures.empty()) return;
  if (auto held = lock.confirm(); !held) marks.failures.push_back(held.error());
}

Failure incomplete(const Session& session, const Marks& marks, const BackupGroup& group) {
  std::vector<std::string> messages;
  for (const Failure& failure : marks.failures) {
    if (std::ranges::find(messages, failure.message) == messages.end())
      messages.push_back(failure.message);
  }
  const std::vector<std::string> holding = marked(group);
  const std::string state =
      holding.empty() ? " is not held: " : " is held by the mark on " + joined(holding) + ", but: ";
  return {marks.failures.front().code, fullName(session) + state + joined(messages, "; ")};
}

/// What passes do with it from now on, as far as can be seen.
std::string fateOf(Session& session, const Catalogue& catalogue) {
  const std::string& name = session.settings.backup_name;
  const std::string unknown = "What the next pass does with it is not known: ";
  const auto configuration = readConfiguration(session);
  if (!configuration) return unknown + configuration.error().message;
  if (!configuration->policy) return "It stays for now: " + configuration->nothing_to_do;
  if (isDeferred(session, *configuration)) {
    return "It stays for now: " + whoSchedules(configuration->active_schedules, session.cluster()) +
           ", so passes prune nothing";
  }
  const std::string next = "the next pass's";
  const Timestamp now = Timestamp::of(session.clock.now());
  const RetentionCandidate imagined{
      .name = next, .verdict = Verdict::kCertified, .end = now, .begin = now};
  const auto plan = planPrune(session, *configuration, catalogue, next, imagined);
  if (!plan) return unknown + plan.error().message;
  const auto decision = std::ranges::find(plan->decisions, name, &RetentionDecision::name);
  if (decision == plan->decisions.end()) return unknown + "it is gone";
  const std::string why(inWords(decision->reason));
  if (!decision->remove) {
    const bool held = std::ranges::find(plan->held, name) != plan->held.end();
    return (held ? "It is kept all the same: " : "It stays for now: ") + why;
  }
  const std::string due =
      decideStatus(catalogue.groups, configuration->policy->schedule, session.clock.now())
          .next_backup_time;
  return "The next pass" + (due.empty() ? "" : ", due at " + due + ",") +
         " deletes it once its own backup is good: by then " + why;
}

std::string describe(Session& session, Wish wish, const Marks& marks, const Catalogue& catalogue,
                     const JudgedGroup& judged) {
  const bool dry_run = session.client.options().dry_run;
  std::string text = dry_run ? "Dry run: " : "";
  text += fullName(session);
  const Verdict verdict = judged.judgement.verdict;
  if (wish == Wish::kHold) {
    if (marks.written == 0) {
      text += " was held already";
    } else {
      text += std::string(dry_run ? " would be" : " is") +
              " held: it is not pruned and does not count, until `release " +
              session.settings.backup_name + "`";
    }
    if (isGood(verdict)) return escaped(text) + "\n";
    return escaped(text) + "\n" +
           escaped("It is " + std::string(toString(verdict)) +
                   ", so nothing can be restored from it as it is: " + judged.judgement.reason) +
           "\n";
  }
  if (marks.written == 0) {
    text += " was not marked as held";
  } else {
    text += dry_run ? " would be released" : " is released";
  }
  return escaped(text) + "\n" + escaped(fateOf(session, catalogue)) + "\n";
}

Outcome<std::string> setHoldLocked(Session& session, PassLock& lock, Wish wish,
                                   const ClusterFinding& finding) {
  Marks marks;
  constexpr int kLooks = 3;
  for (int look = 1; look <= kLooks; ++look) {
    auto catalogue = readCatalogue(session, finding.group, finding.cluster);
    if (!catalogue) return tl::unexpected(catalogue.error());
    for (const std::string& warning : catalogue->warnings) session.log.warn(warning);
    auto judged = catalogue->find(session.settings.backup_name);
    if (!judged) return tl::unexpected(absent(*catalogue, session));
    if (wish == Wish::kHold && judged->judgement.verdict == Verdict::kTerminating) {
      return tl::unexpected(
          Failure{ExitCode::kConfiguration,
                  fullName(session) + " is being deleted already, which no hold can stop"});
    }
    const int written = marks.written;
    marks = markAll(session, lock, wish, finding.group, judged->group);
    catalogue->replace(*judged);
    marks.written += written;
    noteLoss(lock, marks);
    if (!marks.failures.empty()) return tl::unexpected(incomplete(session, marks, judged->group));
    if (session.stop.stop_requested()) {
      return tl::unexpected(Failure{ExitCode::kInterrupted, "stopped; run it again to finish"});
    }
    if (!marks.changed) return describe(session, wish, marks, *catalogue, *judged);
  }
  return tl::unexpected(
      Failure{ExitCode::kUnavailable, fullName(session) + " keeps changing; try again"});
}

Outcome<std::string> setHold(Session& session, Wish wish) {
  const auto finding = findCluster(session);
  if (!finding) return tl::unexpected(finding.error());
  auto lock = PassLock::acquire(session, timing::Duration(session.settings.lock_wait));
  if (!lock) return tl::unexpected(lock.error());
  auto done = setHoldLocked(session, *lock, wish, *finding);
  if (done) return done;
  return tl::unexpected(lock->causeOf(done.error()));
}

}  // namespace

Outcome<std::string> holdBackup(Session& session) {
  return setHold(session, Wish::kHold);
}

Outcome<std::string> releaseBackup(Session& session) {
  return setHold(session, Wish::kRelease);
}

}  // namespace job
