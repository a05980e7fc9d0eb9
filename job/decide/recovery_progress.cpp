#include "job/decide/recovery_progress.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "common/json/view.h"
#include "common/text/in_quotes.h"
#include "job/decide/recovery_volumes.h"
#include "job/decide/workload_trouble.h"
#include "job/model/cluster.h"
#include "job/model/names.h"
#include "job/model/object_meta.h"
#include "job/model/quantity.h"
#include "job/model/volume_snapshot.h"

namespace job {
namespace {

using text::inQuotes;
using Claim = RecoveryClaim;
using Origin = RecoveryOrigin;
using Snapshot = RecoverySnapshot;
using Progress = RecoveryProgress;
using Cause = RecoveryProgress::Cause;
using State = RecoveryProgress::State;
using Finding = std::optional<Progress>;

constexpr std::string_view kUnrecoverablePhase =
    "Cluster is unrecoverable and needs manual intervention";
constexpr std::string_view kCannotCreatePhase = "Unable to create required cluster objects";
/// CNPG writes its serial number before it creates the first objects.
constexpr std::chrono::minutes kTimeToBegin{2};

Progress failed(Cause cause, bool must_delete, std::string words) {
  return {State::kFailed, cause, must_delete, std::move(words)};
}
Progress goingOn(Cause cause, std::string words) {
  return {State::kGoingOn, cause, false, std::move(words)};
}

bool isOf(const json::View& object, const std::string& cluster) {
  return labelOf(object, kClusterLabel) == cluster;
}

std::string nameOf(const json::View& object) {
  return object["metadata"]["name"].stringOr("");
}

bool isDeleting(const json::View& object) {
  return object["metadata"]["deletionTimestamp"].present();
}

/// Looks at one sighting; each check is a rule that settles the matter or leaves it to the next.
class Look {
 public:
  Look(const RecoverySighting& seen, const std::string& snapshot)
      : seen_(seen),
        wanted_(snapshot),
        decoder_(seen.cluster),
        cluster_(decoder_.root()),
        origins_(originsOf(seen.cluster)) {
    name_ = nameOf(cluster_);
    first_ = name_ + "-1";
    phase_ = cluster_["status"]["phase"].stringOr("");
    instances_ = cluster_["spec"]["instances"].integerOr(1);
    ready_ = cluster_["status"]["readyInstances"].integerOr(0);
    created_ = Timestamp::read(cluster_["metadata"]["creationTimestamp"].stringOr(""));
    forEachOurs(seen.claims,
                [this](const json::View& claim) { claims_.push_back(readRecoveryClaim(claim)); });
    for (const json::Value& object : seen.snapshots) {
      json::Decoder decoder(object);
      snapshots_.push_back(readRecoverySnapshot(decoder.root()));
    }
  }

  Progress progress() {
    using Rule = Finding (Look::*)();
    for (const Rule rule :
         {&Look::whetherDeleting, &Look::whetherOther, &Look::whetherUp, &Look::whetherJobFailed,
          &Look::whetherPhaseFailed, &Look::whetherCrashLooping}) {
      Finding found = (this->*rule)();
      if (!found) continue;
      // In a database that has been up is what was written since.
      if (hasBeenUp()) found->must_delete = false;
      return *std::move(found);
    }
    if (hasBeenUp()) return goingOn(Cause::kInProgress, whatItDoes());
    for (const Rule rule : {&Look::whetherSourceMissing, &Look::whetherSnapshotGone,
                            &Look::whetherVolumePending, &Look::whetherBurnt}) {
      if (Finding found = (this->*rule)()) return *std::move(found);
    }
    return goingOn(Cause::kInProgress, whatItDoes());
  }

 private:
  template <typename Visit>
  void forEachOurs(const std::vector<json::Value>& objects, Visit visit) {
    for (const json::Value& object : objects) {
      json::Decoder decoder(object);
      if (isOf(decoder.root(), name_)) visit(decoder.root());
    }
  }

  const Snapshot* snapshotNamed(const std::string& name) const {
    const auto found = std::find_if(snapshots_.begin(), snapshots_.end(),
                                    [&](const Snapshot& one) { return one.name == name; });
    return found == snapshots_.end() ? nullptr : &*found;
  }

  /// CNPG names the primary as soon as it is started, so that alone says little; but only one that
  /// was up is joined by a standby, or replaced by it.
  bool hasBeenUp() const {
    const std::string primary = cluster_["status"]["currentPrimary"].stringOr("");
    return (!primary.empty() && (ready_ > 0 || primary != first_)) ||
           std::any_of(claims_.begin(), claims_.end(), [this](const Claim& claim) {
             return claim.name != first_ && !claim.name.starts_with(first_ + "-") &&
                    !claim.deleting && !isOlderThanCluster(claim);
           });
  }

  bool isOlderThanCluster(const Claim& claim) const {
    const auto claimed = claim.created.instant();
    const auto begun = created_.instant();
    // What can't be compared proves nothing.
    return !claimed || !begun || *claimed < *begun;
  }

  /// Why the volume's data is not the snapshot's; "" when it is, or when there is no claim yet.
  std::string whyNotFrom(const Origin& origin, const Claim& claim) const {
    const std::string volume = "PersistentVolumeClaim " + claim.name;
    if (claim.source != origin.snapshot) {
      return volume +
             (claim.source.empty() ? " was made from no VolumeSnapshot"
                                   : " was made from VolumeSnapshot " + claim.source) +
             ", not from " + origin.snapshot;
    }
    if (isOlderThanCluster(claim)) {
      return volume + " is older than the Cluster, which took up the data that was on it";
    }
    return "";
  }

  Finding whetherDeleting() {
    if (!isDeleting(cluster_)) return std::nullopt;
    return goingOn(Cause::kDeleting, "Cluster " + name_ + " is being deleted");
  }

  Finding whetherOther() {
    const std::string& snapshot = origins_.front().snapshot;
    if (snapshot == wanted_) return std::nullopt;
    return failed(Cause::kNotFromSnapshot, true,
                  "Cluster " + name_ +
                      (snapshot.empty() ? std::string(" was made from no VolumeSnapshot")
                                        : " was made from VolumeSnapshot " + snapshot) +
                      ", not from " + wanted_);
  }

  /// With other data it needs no more time to be found out; unless it has been up: then the first
  /// instance may have been lost and made again from another, and its claim says nothing any more.
  Finding whetherUp() {
    std::vector<std::string> unproven;
    for (const Origin& origin : origins_) {
      const Claim* claim = claimFor(origin, first_, claims_);
      if (origin.snapshot.empty()) {
        unproven.push_back("spec.bootstrap names no VolumeSnapshot for " + origin.inWords());
      } else if (claim == nullptr) {
        unproven.push_back("no PersistentVolumeClaim of its first instance for " +
                           origin.inWords());
      } else if (claim->deleting) {  // CNPG passes over it
        unproven.push_back("PersistentVolumeClaim " + claim->name + " deleted");
      } else if (const std::string why = whyNotFrom(origin, *claim); !why.empty()) {
        if (!hasBeenUp() || isOlderThanCluster(*claim)) {
          return failed(Cause::kNotFromSnapshot, true, why);
        }
        unproven.push_back(why);
      }
    }
    if (!isHealthy()) return std::nullopt;
    if (!unproven.empty()) {
      return goingOn(Cause::kUnproven,
                     "the database is up, but nothing proves that its data is that of "
                     "VolumeSnapshot " +
                         wanted_ + ": " + unproven.front() +
                         "; see whether it is, and then take dbRecovery out of the NooBaa CR");
    }
    return Progress{State::kDone, Cause::kProven, false,
                    "PersistentVolumeClaim " + first_ + " was made from VolumeSnapshot " + wanted_ +
                        ", and " + std::to_string(ready_) + " of " + std::to_string(instances_) +
                        " instances are ready"};
  }

  bool isHealthy() const {
    bool ready = false;
    for (const json::View& condition : cluster_["status"]["conditions"].elements()) {
      if (condition["type"].stringOr("") == "Ready") {
        ready = condition["status"].stringOr("") == "True";
      }
    }
    const std::string primary = cluster_["status"]["currentPrimary"].stringOr("");
    return phase_ == kHealthyPhase && ready && ready_ == instances_ && !primary.empty() &&
           primary == cluster_["status"]["targetPrimary"].stringOr(primary);
  }

  Finding whetherSourceMissing() {
    for (const Origin& origin : origins_) {
      if (!origin.snapshot.empty()) continue;
      return failed(Cause::kSourceMissing, true,
                    "Cluster " + name_ + " has a volume for " + origin.inWords() +
                        ", but its spec.bootstrap.recovery.volumeSnapshots names no VolumeSnapshot "
                        "for it: CloudNativePG waits for ever");
    }
    return std::nullopt;
  }

  Finding whetherJobFailed() {
    Finding found;
    forEachOurs(seen_.jobs, [&](const json::View& job) {
      if (found || isDeleting(job)) return;
      for (const json::View& condition : job["status"]["conditions"].elements()) {
        if (condition["type"].stringOr("") != "Failed" ||
            condition["status"].stringOr("") != "True") {
          continue;
        }
        const std::string words =
            "Job " + nameOf(job) + " failed: " +
            because(condition["reason"].stringOr(""), condition["message"].stringOr("")) +
            "; see kubectl logs job/" + nameOf(job);
        found = isOfFirst(job) ? failed(Cause::kJobFailed, true, words) : standbyFailed(words);
      }
    });
    return found;
  }

  /// Is it of the instance that everything depends on? Not once the database has been up.
  bool isOfFirst(const json::View& object) const {
    const std::string name = nameOf(object);
    return !hasBeenUp() && (name == first_ || name.starts_with(first_ + "-"));
  }

  Progress standbyFailed(const std::string& words) const {
    return failed(Cause::kReplicaFailed, false,
                  "the database has been up, and " + std::to_string(ready_) + " of " +
                      std::to_string(instances_) + " instances are ready, but " + words);
  }

  Finding whetherPhaseFailed() {
    const bool unrecoverable = phase_ == kUnrecoverablePhase;
    if (!unrecoverable && phase_ != kCannotCreatePhase) return std::nullopt;
    const std::string reason = cluster_["status"]["phaseReason"].stringOr("");
    return failed(Cause::kPhase, unrecoverable,
                  "CloudNativePG says of Cluster " + name_ + ": " + inQuotes(phase_) +
                      (reason.empty() ? "" : ", " + reason));
  }

  Finding whetherCrashLooping() {
    Finding found;
    forEachOurs(seen_.pods, [&](const json::View& pod) {
      if (found || isDeleting(pod)) return;
      for (const char* kind : {"initContainerStatuses", "containerStatuses"}) {
        for (const json::View& container : pod["status"][kind].elements()) {
          if (found || !isCrashLooping(container)) continue;
          const std::string words = whyCrashLooping(pod, container);
          found = isOfFirst(pod) ? failed(Cause::kCrashLooping, true, words) : standbyFailed(words);
        }
      }
    });
    return found;
  }

  /// Once a claim is bound, its data has been copied.
  Finding whetherSnapshotGone() {
    const std::string backup = backupOf(origins_.front());
    for (const Origin& origin : origins_) {
      const Claim* claim = claimFor(origin, first_, claims_);
      if (claim != nullptr && claim->bound) continue;
      const Snapshot* snapshot = snapshotNamed(origin.snapshot);
      const std::string what = "VolumeSnapshot " + origin.snapshot;
      if (snapshot == nullptr) {
        return failed(Cause::kSnapshotGone, true,
                      what + ", which Cluster " + name_ +
                          " is to be made from, is gone: CloudNativePG waits for it for ever");
      }
      if (claim == nullptr && snapshot->role != toString(origin.role)) {
        return failed(Cause::kSnapshotUnfit, true,
                      what + " is of role " + inQuotes(snapshot->role) + ", not " +
                          origin.inWords() + ": CloudNativePG waits for ever");
      }
      if (claim == nullptr && snapshot->backup != backup) {
        return failed(Cause::kSnapshotUnfit, true,
                      what + " is of backup " + snapshot->backup + ", not " + backup +
                          ": CloudNativePG waits for ever");
      }
      if (!snapshot->ready) {
        return goingOn(Cause::kSnapshotNotReady,
                       what + " is not ready" +
                           (snapshot->error.empty() ? "" : ": " + inQuotes(snapshot->error)));
      }
    }
    return std::nullopt;
  }

  std::string backupOf(const Origin& origin) const {
    const Snapshot* snapshot = snapshotNamed(origin.snapshot);
    return snapshot == nullptr ? std::string() : snapshot->backup;
  }

  Finding whetherVolumePending() {
    for (const Origin& origin : origins_) {
      const Claim* claim = claimFor(origin, first_, claims_);
      if (claim == nullptr || claim->bound || claim->deleting) continue;
      const std::string what = "PersistentVolumeClaim " + claim->name;
      const std::string event = lastWarningAbout(seen_.events, claim->name);
      const Snapshot* snapshot = snapshotNamed(origin.snapshot);
      const auto size = bytesOfQuantity(claim->size);
      const auto needed =
          snapshot == nullptr ? std::nullopt : bytesOfQuantity(snapshot->restore_size);
      if (size && needed && *size < *needed) {
        return failed(Cause::kVolumeTooSmall, true,
                      what + " of " + claim->size + " is smaller than VolumeSnapshot " +
                          origin.snapshot + ", which needs " + snapshot->restore_size +
                          " (status.restoreSize)");
      }
      // external-provisioner's words, for drivers that tell the size of no snapshot.
      if (event.find("is less than the size") != std::string::npos) {
        return failed(Cause::kVolumeTooSmall, true, what + " can't be provisioned: " + event);
      }
      return goingOn(
          Cause::kVolumePending,
          what + " waits for its volume" + (event.empty() ? "" : ": " + event) + whatPodsWaitFor());
    }
    return std::nullopt;
  }

  /// CNPG counts the first instance before it creates anything of it, and creates a first instance
  /// only while the count is 0.
  Finding whetherBurnt() {
    const auto created = created_.instant();
    const bool had_time = created && *created + kTimeToBegin < seen_.now;
    const bool begun = cluster_["status"]["latestGeneratedNode"].integerOr(0) > 0;
    const bool anything = !claims_.empty() || countOurs(seen_.jobs) + countOurs(seen_.pods) > 0;
    if (!begun || anything || !had_time) return std::nullopt;
    return failed(Cause::kBurnt, true,
                  "CloudNativePG has begun to make Cluster " + name_ +
                      " (status.latestGeneratedNode), but nothing of it is there, and it never "
                      "begins again");
  }

  std::string whatPodsWaitFor() {
    std::string words;
    forEachOurs(seen_.pods, [&](const json::View& pod) {
      if (std::string why = whyPodWaits(pod); !why.empty()) words = std::move(why);
    });
    return words;
  }

  int countOurs(const std::vector<json::Value>& objects) {
    int count = 0;
    forEachOurs(objects, [&](const json::View&) { ++count; });
    return count;
  }

  std::string whatItDoes() {
    if (phase_.empty()) return "CloudNativePG has not begun to make Cluster " + name_;
    const std::string reason = cluster_["status"]["phaseReason"].stringOr("");
    return phase_ + (reason.empty() || reason == phase_ ? "" : ": " + reason) + ", " +
           std::to_string(ready_) + " of " + std::to_string(instances_) + " instances ready" +
           whatPodsWaitFor();
  }

  const RecoverySighting& seen_;
  const std::string& wanted_;
  json::Decoder decoder_;
  json::View cluster_;
  std::vector<Origin> origins_;  // data first
  std::string name_;
  std::string first_;  // instance
  std::string phase_;
  std::int64_t instances_ = 1;
  std::int64_t ready_ = 0;
  Timestamp created_;
  std::vector<Claim> claims_;
  std::vector<Snapshot> snapshots_;
};

}  // namespace

std::string_view toString(RecoveryProgress::Cause cause) {
  switch (cause) {
    case Cause::kInProgress:
      return "InProgress";
    case Cause::kProven:
      return "Proven";
    case Cause::kDeleting:
      return "Deleting";
    case Cause::kSnapshotGone:
      return "SnapshotGone";
    case Cause::kSnapshotUnfit:
      return "SnapshotUnfit";
    case Cause::kSnapshotNotReady:
      return "SnapshotNotReady";
    case Cause::kVolumeTooSmall:
      return "VolumeTooSmall";
    case Cause::kVolumePending:
      return "VolumePending";
    case Cause::kSourceMissing:
      return "SourceMissing";
    case Cause::kJobFailed:
      return "JobFailed";
    case Cause::kPhase:
      return "Phase";
    case Cause::kCrashLooping:
      return "CrashLooping";
    case Cause::kBurnt:
      return "Burnt";
    case Cause::kNotFromSnapshot:
      return "NotFromSnapshot";
    case Cause::kUnproven:
      return "Unproven";
    case Cause::kReplicaFailed:
      return "ReplicaFailed";
  }
  return "";
}

RecoveryProgress recoveryProgress(const RecoverySighting& seen, const std::string& snapshot) {
  return Look(seen, snapshot).progress();
}

}  // namespace job
