#include "job/pass/verify_backup.h"

#include <map>
#include <utility>

#include "common/k8s/object_watch.h"
#include "job/model/names.h"

namespace job {
namespace {

/// Would the backup be good if only its members were ready?
bool lacksOnlyReadiness(const JudgedGroup& judged, const std::optional<VolumeSet>& volumes) {
  if (judged.judgement.verdict != Verdict::kIncomplete) return false;
  BackupGroup ready = judged.group;
  for (VolumeSnapshot& member : ready.members) {
    member.ready = true;
    member.error.clear();
  }
  return isGood(judge(ready, volumes).verdict);
}

/// Follows a group's snapshots until all that were there at the start are ready, or one goes.
class ReadinessObserver final : public k8s::Observer {
 public:
  ReadinessObserver(Session& session, PassLock& lock, std::string name)
      : session_(session), lock_(lock), name_(std::move(name)), started_(session.clock.monotonic()) {}

  bool onList(const std::vector<json::Value>& items) override {
    ready_.clear();
    for (const json::Value& item : items) note(item);
    return allReady();
  }
  bool onEvent(const k8s::WatchEvent& event) override {
    if (event.type == k8s::WatchEvent::Type::kDeleted) return true;  // judged anew by the caller
    return note(event.object) || allReady();
  }
  bool onTick() override {
    session_.progress.show("waiting for the snapshots of " + name_ + " to become ready",
                           session_.clock.monotonic() - started_);
    if (auto kept = lock_.keep(); !kept) {
      failure_ = kept.error();
      return true;
    }
    return false;
  }

  std::optional<Failure> failure_;

 private:
  /// True when the snapshot is on its way out.
  bool note(const json::Value& object) {
    const auto snapshot = readVolumeSnapshot(object);
    if (!snapshot) return false;
    ready_[snapshot->name] = snapshot->ready;
    return snapshot->deleting;
  }
  bool allReady() const {
    for (const auto& [name, ready] : ready_) {
      if (!ready) return false;
    }
    return true;
  }

  Session& session_;
  PassLock& lock_;
  std::string name_;
  timing::Monotonic started_;
  std::map<std::string, bool> ready_;
};

Failure notGood(const JudgedGroup& judged) {
  return {ExitCode::kBackupFailed, "Backup " + judged.group.name + " is " +
                                       std::string(toString(judged.judgement.verdict)) + ": " +
                                       judged.judgement.reason + "; nothing was pruned"};
}

}  // namespace

Outcome<Catalogue> verifyBackup(Session& session, PassLock& lock, const std::string& group,
                                const Cluster& cluster, const std::string& name) {
  for (;;) {
    auto catalogue = readCatalogue(session, group, cluster);
    if (!catalogue) return tl::unexpected(catalogue.error());
    const JudgedGroup* judged = catalogue->find(name);
    if (judged == nullptr) {
      return tl::unexpected(Failure{ExitCode::kBackupFailed,
                                    "Backup " + name + " and its snapshots are gone; nothing was pruned"});
    }
    if (isGood(judged->judgement.verdict)) return catalogue;
    if (!lacksOnlyReadiness(*judged, catalogue->volumes)) return tl::unexpected(notGood(*judged));

    session.log.info("the snapshots are not ready yet", {{"backup", name}, {"why", judged->judgement.reason}});
    ReadinessObserver observer(session, lock, name);
    const k8s::ListOptions options{.label_selector = std::string(kBackupNameLabel) + "=" + name,
                                   .field_selector = ""};
    const auto followed = k8s::follow(session.client, session.collection(volumeSnapshotType()), options,
                                      observer, session.context());
    session.progress.clear();
    if (!followed) return tl::unexpected(failureOf(followed.error(), "follow the snapshots of " + name));
    if (observer.failure_) return tl::unexpected(*observer.failure_);
    if (*followed == k8s::FollowEnd::kStopped) {
      return tl::unexpected(Failure{ExitCode::kInterrupted, "stopped before Backup " + name + " was verified"});
    }
    if (*followed == k8s::FollowEnd::kDeadline) {
      return tl::unexpected(Failure{ExitCode::kTimedOut, "the snapshots of Backup " + name +
                                                             " did not become ready within --timeout: " +
                                                             judged->judgement.reason});
    }
  }
}

}  // namespace job
