#include "job/pass/verify_backup.h"

#include <map>
#include <utility>

#include "common/k8s/object_watch.h"
#include "job/model/names.h"

namespace job {
namespace {

/// Follows a group's snapshots until all that were there at the start are ready, or one goes.
class ReadinessObserver final : public k8s::Observer {
 public:
  ReadinessObserver(Session& session, std::string name)
      : session_(session), name_(std::move(name)), started_(session.clock.monotonic()) {}

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
    return false;
  }

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
  std::string name_;
  timing::Monotonic started_;
  std::map<std::string, bool> ready_;
};

}  // namespace

Outcome<Verified> verifyBackup(Session& session, const Configuration& configuration,
                               const std::string& name) {
  for (;;) {
    auto catalogue = readCatalogue(session, configuration.group, configuration.cluster);
    if (!catalogue) return tl::unexpected(catalogue.error());
    const auto judged = catalogue->find(name);
    if (!judged || !lacksOnlyReadiness(*judged, catalogue->volumes)) {
      return Verified{*std::move(catalogue), false};
    }
    session.log.info("the snapshots are not ready yet",
                     {{"backup", name}, {"why", judged->judgement.reason}});
    ReadinessObserver observer(session, name);
    const k8s::ListOptions options{.label_selector = std::string(kBackupNameLabel) + "=" + name,
                                   .field_selector = ""};
    const auto followed = k8s::follow(session.client, session.collection(volumeSnapshotType()),
                                      options, observer, session.waiting());
    session.progress.clear();
    if (!followed)
      return tl::unexpected(failureOf(followed.error(), "follow the snapshots of " + name));
    if (*followed == k8s::FollowEnd::kStopped) {
      return tl::unexpected(
          Failure{ExitCode::kInterrupted, "stopped before Backup " + name + " was verified"});
    }
    if (*followed == k8s::FollowEnd::kDeadline) return Verified{*std::move(catalogue), true};
  }
}

}  // namespace job
