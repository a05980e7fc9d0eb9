#include "job/pass/create_backup.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>
#include <vector>

#include "common/text/in_quotes.h"
#include "common/time/rfc3339.h"
#include "job/decide/preflight.h"
#include "job/model/names.h"
#include "job/pass/cluster_reader.h"

namespace job {
namespace {

/// CNPG retries storage errors until this many minutes have passed since the first of them, then
/// fails the Backup and starts the instance again. Ten are its own default; where this pass has
/// little time, less, so that it ends with the instance started.
std::string snapshotDeadlineMinutes(Session& session) {
  using std::chrono::minutes;
  constexpr minutes kDefault{10};
  const auto left = std::chrono::duration_cast<minutes>(session.patience.remaining(session.clock));
  return std::to_string(std::clamp((left - minutes(1)) / 2, minutes(1), kDefault).count());
}

json::Value backupObject(Run& run, const std::string& group, const std::string& name) {
  Session& session = run.session;
  json::Value object;
  object["apiVersion"] = backupType(group).apiVersion();
  object["kind"] = backupType(group).kind;
  json::Value& metadata = object["metadata"];
  metadata["name"] = name;
  metadata["namespace"] = session.name_space;
  json::Value& labels = metadata["labels"];
  labels[kClusterLabel] = session.cluster();
  labels[kManagedByLabel] = kProgramName;
  labels[kOursLabel] = "true";
  labels[kRunLabel] = session.run_id;
  json::Value& annotations = metadata["annotations"];
  annotations[kSnapshotDeadlineAnnotation] = snapshotDeadlineMinutes(session);
  if (run.request.hold) annotations[kHoldAnnotation] = "true";
  json::Value& spec = object["spec"];
  spec["cluster"]["name"] = session.cluster();
  spec["method"] = "volumeSnapshot";
  // Explicit, as CNPG's default is an online backup.
  spec["online"] = run.request.online;
  spec["target"] = "prefer-standby";
  if (run.request.online) {
    // Nothing reads a WAL archive at a restore, so a broken one is nothing to wait for; and a
    // checkpoint spread over minutes would only delay the snapshot.
    json::Value& how = spec["onlineConfiguration"];
    how["waitForArchive"] = false;
    how["immediateCheckpoint"] = true;
  }
  return object;
}

Failure refusal(const std::vector<Finding>& findings) {
  return {ExitCode::kRefused, findings.front().text()};
}

/// By the rule for names, and whatever labels the snapshot lacks by which CNPG's are listed.
Outcome<void> checkGivenName(Session& session, const std::string& name, const Backups& backups) {
  if (const auto by_backup = judgeName(name, backups, {}); !by_backup.empty()) {
    return tl::unexpected(refusal(by_backup));
  }
  std::vector<std::string> unreadable;
  const auto snapshots = listSnapshots(session, unreadable);
  if (!snapshots) return tl::unexpected(snapshots.error());
  if (const auto by_snapshot = judgeName(name, {}, *snapshots); !by_snapshot.empty()) {
    return tl::unexpected(refusal(by_snapshot));
  }
  const auto taken = snapshotNameTaken(session, name);
  if (!taken) return tl::unexpected(taken.error());
  if (!*taken) return {};
  VolumeSnapshot unlabelled;
  unlabelled.name = name;
  return tl::unexpected(refusal(judgeName(name, {}, {unlabelled})));
}

/// A name from the present second that is free, of Backups and of snapshots.
Outcome<std::string> freeName(Session& session, timing::Instant when, const Backups& backups) {
  for (;; when += std::chrono::seconds(1)) {
    std::string name = "backup-" + timing::formatCompact(when);
    if (!judgeName(name, backups, {}).empty()) continue;
    const auto taken = snapshotNameTaken(session, name);
    if (!taken) return tl::unexpected(taken.error());
    if (!*taken) return name;
  }
}

Outcome<std::string> chooseName(Run& run, timing::Instant when, const Backups& backups) {
  const std::string& given = run.request.name;
  if (given.empty()) return freeName(run.session, when, backups);
  if (auto free = checkGivenName(run.session, given, backups); !free) {
    return tl::unexpected(free.error());
  }
  return given;
}

Failure whyNotCreated(const Run& run, const k8s::ApiError& error, const std::string& name) {
  if (error.isAlreadyExists() && !run.request.name.empty()) {
    Backup taker;
    taker.name = name;
    return refusal(judgeName(name, {taker}, {}));
  }
  return failureOf(error, "create Backup " + run.session.name_space + "/" + name);
}

}  // namespace

Outcome<void> refuseTakenName(Run& run, const std::string& group) {
  if (run.request.name.empty()) return {};
  const auto backups = listBackups(run.session, group);
  if (!backups) return tl::unexpected(backups.error());
  const Start start = startAmong(run, *backups, run.session.run_id);
  if (std::holds_alternative<AwaitOurs>(start) || std::holds_alternative<TakeResult>(start)) {
    return {};
  }
  return checkGivenName(run.session, run.request.name, *backups);
}

Outcome<std::optional<Backup>> createBackup(Run& run, PassLock& lock, const std::string& group,
                                            const Cleared& cleared) {
  constexpr int kTries = 5;
  Session& session = run.session;
  const auto mine = [&](const json::Value& existing) {
    const auto backup = readBackup(existing);
    return backup && isAsRequested(*backup, run.request) && backup->run == session.run_id;
  };
  timing::Instant when = session.clock.now();
  for (int attempt = 1;; ++attempt, when += std::chrono::seconds(1)) {
    const auto name = chooseName(run, when, cleared.backups);
    if (!name) return tl::unexpected(name.error());
    if (auto held = lock.confirmNow(); !held) return tl::unexpected(held.error());
    const auto now = listBackups(session, group);
    if (!now) return tl::unexpected(now.error());
    if (!std::holds_alternative<MakeNew>(startAmong(run, *now, cleared.run))) return std::nullopt;
    const auto created = session.client.create(session.object(backupType(group), *name),
                                               backupObject(run, group, *name),
                                               k8s::Idempotency::kYes, session.changing(), mine);
    if (!created) {
      const bool another_may_do = run.request.name.empty() && attempt < kTries;
      if (created.error().isAlreadyExists() && another_may_do) continue;
      return tl::unexpected(whyNotCreated(run, created.error(), *name));
    }
    auto backup = readBackup(*created);
    if (backup) return *std::move(backup);
    return tl::unexpected(
        Failure{ExitCode::kUnavailable,
                "the API server answered the creation of Backup " + *name +
                    " with an object that can't be read: " + backup.error().message()});
  }
}

}  // namespace job
