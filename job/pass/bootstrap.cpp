#include "job/pass/bootstrap.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/json/write.h"
#include "job/decide/kubectl.h"
#include "job/model/names.h"
#include "job/pass/catalogue.h"
#include "job/pass/cluster_reader.h"
#include "job/pass/compose_cluster.h"
#include "job/pass/pass_lock.h"
#include "job/pass/recovery_reader.h"
#include "job/pass/tell.h"
#include "job/report/yaml.h"

namespace job {
namespace {

/// Between two looks at what is left of the old Cluster.
constexpr std::chrono::seconds kPause{3};

std::string nameOf(const Session& session) {
  return "Cluster " + session.name_space + "/" + session.cluster();
}

void warn(Session& session, const ComposedCluster& composed) {
  for (const std::string& warning : composed.warnings) session.log.warn(warning);
}

/// "kubectl create", as "kubectl apply" would change a Cluster that is there.
std::string print(const Session& session, const ComposedCluster& composed) {
  if (session.settings.output == Output::kJson) return json::writePretty(composed.object) + "\n";
  return "# " + nameOf(session) + " " + composed.origin +
         ". To create it: kubectl create -f FILE\n" + writeYaml(composed.object);
}

/// Makes the Cluster where there is none.
class Application {
 public:
  Application(Session& session, PassLock& lock)
      : session_(session), lock_(lock), began_(session.clock.monotonic()) {}

  Outcome<std::string> run() {
    // Whoever has a Cluster has a database, whatever could be made in its place.
    if (const auto there = whetherThere(); !there) return tl::unexpected(there.error());
    // What can't be made is not worth a wait.
    auto composed = composeCluster(session_);
    if (!composed) return tl::unexpected(composed.error());
    if (auto may = isWhatIsWished(*composed); !may) return tl::unexpected(may.error());
    warnOfBackups(*composed);
    warnOfOperator();
    const auto waited = awaitNothingLeft();
    session_.progress.clear();
    if (!waited) return tl::unexpected(waited.error());
    if (*waited == Place::kGoing) {
      warn(session_, *composed);
      return "Dry run: " + nameOf(session_) + " would be created " + composed->origin +
             ", once the old one is gone: " + words_ + "\n";
    }
    if (*waited == Place::kFreed) {
      composed = composeCluster(session_);
      if (!composed) return tl::unexpected(composed.error());
      if (auto may = isWhatIsWished(*composed); !may) return tl::unexpected(may.error());
    }
    warn(session_, *composed);
    return create(*std::move(composed));
  }

 private:
  enum class Place {
    kFree,
    kFreed,  ///< it took a wait
    kGoing   ///< a dry run, which waits for nothing
  };

  /// A recovery would find a Cluster in its way, or the operator would, and never begin.
  Outcome<void> isWhatIsWished(const ComposedCluster& composed) const {
    const auto& wanted = composed.system.recovery_snapshot;
    if (!wanted || *wanted == session_.settings.from_snapshot) return {};
    return tl::unexpected(
        Failure{ExitCode::kRefused,
                "NooBaa " + session_.name_space + "/" + composed.system.name +
                    ": spec.dbSpec.dbRecovery asks for the database of VolumeSnapshot " + *wanted +
                    ", not for one " + composed.origin + "; give --from-snapshot " + *wanted +
                    ", or take dbRecovery out first"});
  }

  /// Whoever makes a database from nothing may not know that the lost one can come back.
  void warnOfBackups(const ComposedCluster& composed) {
    if (!session_.settings.from_snapshot.empty()) return;
    const auto catalogue = readCatalogue(session_, composed.group, std::nullopt);
    if (!catalogue) {
      session_.log.warn("whether there are backups of Cluster " + session_.cluster() +
                        " was not seen: " + catalogue.error().message);
      return;
    }
    const auto good = std::ranges::count_if(catalogue->groups, [](const JudgedGroup& group) {
      return isGood(group.judgement.verdict);
    });
    if (good == 0) return;
    session_.log.warn("there " + std::string(good == 1 ? "is 1 good backup" : "are ") +
                      (good == 1 ? "" : std::to_string(good) + " good backups") + " of Cluster " +
                      session_.cluster() +
                      " that the database could come back from: see db-backup-status -o name, and "
                      "--from-snapshot");
  }

  /// Best effort: who may not look at it is told nothing.
  void warnOfOperator() {
    const auto ready = isOperatorReady(session_);
    if (!ready || !*ready) return;
    session_.log.warn(
        "noobaa-operator is at work and makes an absent Cluster itself, so it may be faster; scale "
        "Deployment noobaa-operator to 0 first");
  }

  Outcome<Place> awaitNothingLeft() {
    for (Place place = Place::kFree;; place = Place::kFreed) {
      const auto going = whatIsGoing();
      if (!going) return tl::unexpected(going.error());
      if (going->empty()) return place;
      if (*going != words_) session_.log.info("waiting until it is gone: " + *going);
      words_ = *going;
      if (session_.client.options().dry_run) return Place::kGoing;
      if (auto gone_on = pause(); !gone_on) return tl::unexpected(gone_on.error());
    }
  }

  /// That the Cluster is being deleted, in words; "" for none. One that stays is a failure.
  Outcome<std::string> whetherThere() {
    const auto groups = servedCnpgGroups(session_);
    if (!groups) return tl::unexpected(groups.error());
    for (const std::string& group : *groups) {
      const auto cluster = readCluster(session_, group, session_.context());
      if (!cluster) return tl::unexpected(cluster.error());
      if (!*cluster) continue;
      const std::string there = nameOf(session_) + " (" + group + ")";
      if ((*cluster)->deleting) return there + " is being deleted";
      return tl::unexpected(
          Failure{ExitCode::kRefused, there +
                                          " exists, and with it a database; only when nobody "
                                          "needs that any more: " +
                                          kubectl("delete", **cluster)});
    }
    return std::string();
  }

  /// In words; "" for nothing. What stays is a failure.
  Outcome<std::string> whatIsGoing() {
    auto cluster = whetherThere();
    if (!cluster || !cluster->empty()) return cluster;
    const auto left = readLeftovers(session_, session_.cluster());
    if (!left) return tl::unexpected(left.error());
    if (left->state == Leftovers::State::kOrphaned) {
      return tl::unexpected(Failure{ExitCode::kRefused, left->words});
    }
    return left->words;
  }

  Outcome<void> pause() {
    session_.progress.show("waiting until it is gone: " + words_,
                           session_.clock.monotonic() - began_);
    if (session_.patience.passed(session_.clock)) {
      return tl::unexpected(Failure{ExitCode::kTimedOut,
                                    "--timeout passed while waiting until what is left of the old "
                                    "Cluster is gone: " +
                                        words_ + "; nothing was created, so run it again"});
    }
    if (!session_.clock.sleepUntil(session_.clock.monotonic() + kPause, session_.stop)) {
      return tl::unexpected(interrupted());
    }
    return lock_.confirm();
  }

  static Failure interrupted() { return {ExitCode::kInterrupted, "stopped; nothing was created"}; }

  Outcome<std::string> create(ComposedCluster composed) {
    const k8s::ObjectRef ref = session_.object(clusterType(composed.group), session_.cluster());
    json::Value& object = composed.object;
    // By which a creation whose answer was lost is known again.
    object["metadata"]["annotations"][kRunLabel] = session_.run_id;
    const auto is_mine = [this](const json::Value& existing) {
      json::Decoder decoder(existing);
      return decoder.root()["metadata"]["annotations"][kRunLabel].stringOr("") == session_.run_id;
    };
    if (const auto valid = session_.client.validateCreation(ref, object, session_.context());
        !valid) {
      return tl::unexpected(whyNot(valid.error()));
    }
    if (!session_.client.options().dry_run) {
      // Whoever took the Lease meanwhile may have made one, in another group too.
      if (auto held = lock_.confirmNow(); !held) return tl::unexpected(held.error());
      const auto made =
          session_.client.create(ref, object, k8s::Idempotency::kYes, session_.changing(), is_mine);
      if (!made) return tl::unexpected(whyNot(made.error()));
      object = *made;
      const std::string note = nameOf(session_) + " was created " + composed.origin;
      session_.log.info("created the Cluster", {{"cluster", ref.name}, {"group", composed.group}});
      tell(session_, composed.system, events::kClusterCreated, note);
    }
    return report(composed);
  }

  Failure whyNot(const k8s::ApiError& error) const {
    if (error.isAlreadyExists()) {
      return {ExitCode::kRefused, nameOf(session_) +
                                      " appeared meanwhile: somebody else, perhaps "
                                      "noobaa-operator, was faster; nothing was changed"};
    }
    return failureOf(error, "create " + nameOf(session_));
  }

  std::string report(const ComposedCluster& composed) const {
    if (session_.settings.output == Output::kJson) return json::writePretty(composed.object) + "\n";
    json::Decoder decoder(composed.object);
    const json::View spec = decoder.root()["spec"];
    const bool dry_run = session_.client.options().dry_run;
    std::string text = dry_run ? "Dry run: " : "";
    text += nameOf(session_) + (dry_run ? " would be created " : " was created ") +
            composed.origin + " (" + composed.group +
            "): " + std::to_string(spec["instances"].integerOr(1)) + " instance" +
            (spec["instances"].integerOr(1) == 1 ? "" : "s") + " of " +
            spec["storage"]["size"].stringOr("?") + "\n";
    if (dry_run) return text;
    return text + "To follow it: " +
           kubectl(session_.name_space, "get", clusterType(composed.group), session_.cluster()) +
           " --watch\n";
  }

  Session& session_;
  PassLock& lock_;
  timing::Monotonic began_;
  std::string words_;
};

}  // namespace

Outcome<std::string> bootstrap(Session& session) {
  if (!session.settings.apply) {
    const auto composed = composeCluster(session);
    if (!composed) return tl::unexpected(composed.error());
    warn(session, *composed);
    return print(session, *composed);
  }
  auto lock = PassLock::acquire(session, timing::Duration(session.settings.lock_wait));
  if (!lock) return tl::unexpected(lock.error());
  auto applied = Application(session, *lock).run();
  if (!applied) return tl::unexpected(lock->causeOf(applied.error()));
  return applied;
}

}  // namespace job
