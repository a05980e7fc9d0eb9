#include "job/pass/await_backup.h"

#include <chrono>
#include <utility>

#include "common/k8s/object_watch.h"
#include "job/model/names.h"
#include "job/pass/cluster_reader.h"

namespace job {
namespace {

/// For an offline backup CNPG stops the instance in phase started and starts it again before
/// finalizing.
bool instanceStopped(const Backup& backup) {
  return backup.phase == "started" && !backup.instance.empty() && backup.online != true;
}

double inSeconds(timing::Duration duration) {
  return static_cast<double>(
             std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()) /
         1000;
}

class BackupObserver final : public k8s::Observer {
 public:
  BackupObserver(Session& session, const Backup& backup)
      : session_(session), started_(session.clock.monotonic()) {
    awaited_.last = backup;
    noteFence();
  }

  bool onList(const std::vector<json::Value>& items) override {
    return items.empty() ? deleted() : see(items.front());
  }
  bool onEvent(const k8s::WatchEvent& event) override {
    return event.type == k8s::WatchEvent::Type::kDeleted ? deleted() : see(event.object);
  }
  bool onTick() override {
    session_.progress.show(inWords(), session_.clock.monotonic() - started_);
    return false;
  }
  void onTrouble(const k8s::ApiError& error) override {
    session_.log.warn("the API server can't be followed; waiting goes on",
                      {{"backup", awaited_.last.name}, {"error", error.describe()}});
  }

  const std::optional<Failure>& failure() const { return failure_; }

  AwaitedBackup finish() {
    noteFenceEnd();
    session_.progress.clear();
    return awaited_;
  }

 private:
  bool deleted() {
    awaited_.end = AwaitedBackup::End::kDeleted;
    return true;
  }

  bool see(const json::Value& object) {
    auto backup = readBackup(object);
    if (!backup) {
      failure_ =
          Failure{ExitCode::kConfiguration,
                  "Backup " + awaited_.last.name + " can't be read: " + backup.error().message()};
      return true;
    }
    if (backup->uid != awaited_.last.uid) return deleted();
    const bool changed =
        backup->phase != awaited_.last.phase || backup->instance != awaited_.last.instance;
    awaited_.last = *std::move(backup);
    noteFence();
    if (changed) {
      session_.log.info("backup " + (awaited_.last.phase.empty() ? "queued" : awaited_.last.phase),
                        {{"backup", awaited_.last.name},
                         {"instance", awaited_.last.instance},
                         {"elapsed", inSeconds(session_.clock.monotonic() - started_)}});
    }
    if (awaited_.last.progress == BackupProgress::kInFlight) return false;
    awaited_.end = AwaitedBackup::End::kEnded;
    return true;
  }

  void noteFence() {
    if (!instanceStopped(awaited_.last)) {
      noteFenceEnd();
    } else if (!fenced_since_) {
      fenced_since_ = session_.clock.monotonic();
    }
  }
  void noteFenceEnd() {
    if (!fenced_since_) return;
    *awaited_.fenced += session_.clock.monotonic() - *fenced_since_;
    fenced_since_.reset();
  }

  std::string inWords() const {
    const Backup& backup = awaited_.last;
    std::string text =
        "Backup " + backup.name + " is " + (backup.phase.empty() ? "queued" : backup.phase);
    if (instanceStopped(backup)) text += ", " + backup.instance + " is stopped for it";
    return text;
  }

  Session& session_;
  AwaitedBackup awaited_{
      .end = AwaitedBackup::End::kDeadline, .last = {}, .fenced = timing::Duration::zero()};
  std::optional<Failure> failure_;
  timing::Monotonic started_;
  std::optional<timing::Monotonic> fenced_since_;
};

}  // namespace

Outcome<AwaitedBackup> awaitBackup(Session& session, const std::string& group,
                                   const Backup& backup) {
  if (backup.progress != BackupProgress::kInFlight) {
    return AwaitedBackup{.end = AwaitedBackup::End::kEnded, .last = backup};
  }
  BackupObserver observer(session, backup);
  const k8s::ListOptions options{.label_selector = "",
                                 .field_selector = "metadata.name=" + backup.name};
  const auto followed = k8s::follow(session.client, session.collection(backupType(group)), options,
                                    observer, session.waiting(), backup.resource_version);
  AwaitedBackup awaited = observer.finish();
  if (!followed) return tl::unexpected(failureOf(followed.error(), "follow Backup " + backup.name));
  if (observer.failure()) return tl::unexpected(*observer.failure());
  if (*followed == k8s::FollowEnd::kStopped) {
    awaited.end = AwaitedBackup::End::kStopped;
    return awaited;
  }
  const bool was_seen_stopped = *awaited.fenced > timing::Duration::zero();
  if (backup.online == true || !was_seen_stopped) return awaited;
  session.log.info("instance was stopped for the backup",
                   {{"backup", backup.name},
                    {"instance", awaited.last.instance},
                    {"seconds", inSeconds(*awaited.fenced)}});
  return awaited;
}

}  // namespace job
