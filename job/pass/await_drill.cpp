#include "job/pass/await_drill.h"

#include <chrono>
#include <utility>

#include "common/k8s/object_watch.h"
#include "job/model/names.h"
#include "job/pass/recovery_reader.h"

namespace job {
namespace {

class DrillObserver final : public k8s::Observer {
 public:
  DrillObserver(Session& session, std::string name, std::string uid, const std::string& data)
      : session_(session),
        name_(std::move(name)),
        uid_(std::move(uid)),
        data_(data),
        started_(session.clock.monotonic()) {}

  bool onList(const std::vector<json::Value>& items) override {
    return items.empty() ? gone() : see(items.front());
  }
  bool onEvent(const k8s::WatchEvent& event) override {
    return event.type == k8s::WatchEvent::Type::kDeleted ? gone() : see(event.object);
  }
  bool onTick() override {
    constexpr std::chrono::seconds kLookAround{10};
    session_.progress.show(words_, session_.clock.monotonic() - started_);
    // Jobs, claims and pods change without a change of the Cluster.
    if (session_.clock.monotonic() - looked_ < kLookAround || answering_.cluster.isNull()) {
      return false;
    }
    return lookAround();
  }
  void onTrouble(const k8s::ApiError& error) override {
    session_.log.warn("the drill can't be followed; waiting goes on",
                      {{"error", error.describe()}});
  }

  std::optional<Failure> failure;
  const std::string& words() const { return words_; }
  AnsweringDrill take() { return std::move(answering_); }

 private:
  bool fail(ExitCode code, const std::string& why) {
    failure = Failure{code, why};
    return true;
  }
  bool gone() {
    return fail(ExitCode::kBackupFailed,
                "Cluster " + name_ + " was deleted by somebody else before PostgreSQL answered");
  }

  bool see(const json::Value& cluster) {
    json::Decoder decoder(cluster);
    if (decoder.root()["metadata"]["uid"].stringOr("") != uid_) return gone();
    answering_.cluster = cluster;
    return lookAround();
  }

  bool lookAround() {
    looked_ = session_.clock.monotonic();
    const auto sighting = sightRecovery(session_, answering_.cluster);
    if (!sighting) {
      // An outage is sat out as the watch does.
      if (sighting.error().code == ExitCode::kUnavailable) return false;
      return fail(sighting.error().code, sighting.error().message);
    }
    noteVolumes(sighting->claims);
    const RecoveryProgress progress = recoveryProgress(*sighting, data_);
    if (progress.words != words_) {
      session_.log.info("drill: " + progress.words, {{"cluster", name_}});
    }
    words_ = progress.words;
    switch (progress.state) {
      case RecoveryProgress::State::kGoingOn:
        return false;
      case RecoveryProgress::State::kDone:
        return true;
      case RecoveryProgress::State::kFailed:
        return fail(ExitCode::kBackupFailed, progress.words);
    }
    return false;
  }

  void noteVolumes(const std::vector<json::Value>& claims) {
    answering_.volumes.clear();
    for (const json::Value& claim : claims) {
      json::Decoder decoder(claim);
      const std::string volume = decoder.root()["spec"]["volumeName"].stringOr("");
      if (!volume.empty()) answering_.volumes.push_back(volume);
    }
  }

  Session& session_;
  std::string name_;
  std::string uid_;
  const std::string& data_;
  timing::Monotonic started_;
  timing::Monotonic looked_;
  AnsweringDrill answering_;
  std::string words_ = "the Cluster was created";
};

}  // namespace

Outcome<AnsweringDrill> awaitDrill(Session& session, const k8s::ObjectRef& ref,
                                   const json::Value& created, const std::string& data) {
  json::Decoder decoder(created);
  const json::View metadata = decoder.root()["metadata"];
  DrillObserver observer(session, ref.name, metadata["uid"].stringOr(""), data);
  const k8s::ListOptions options{.label_selector = "",
                                 .field_selector = "metadata.name=" + ref.name};
  const auto followed = k8s::follow(session.client, session.collection(ref.type), options, observer,
                                    session.waiting());
  session.progress.clear();
  if (!followed) return tl::unexpected(failureOf(followed.error(), "follow Cluster " + ref.name));
  if (observer.failure) return tl::unexpected(*observer.failure);
  switch (*followed) {
    case k8s::FollowEnd::kDone:
      return observer.take();
    case k8s::FollowEnd::kStopped:
      return tl::unexpected(Failure{ExitCode::kInterrupted, "stopped before PostgreSQL answered"});
    case k8s::FollowEnd::kDeadline:
      break;
  }
  return tl::unexpected(Failure{ExitCode::kTimedOut,
                                "PostgreSQL did not answer within --timeout: " + observer.words()});
}

std::string systemIdOf(const json::Value& cluster) {
  json::Decoder decoder(cluster);
  return decoder.root()["status"]["systemID"].stringOr("");
}

Outcome<ControlData> askControlData(Session& session, const json::Value& cluster) {
  // CNPG's instance manager; `kubectl cnpg status` asks it on the same way.
  constexpr int kPort = 8000;
  constexpr int kTries = 3;
  json::Decoder decoder(cluster);
  const json::View root = decoder.root();
  const std::string pod =
      root["status"]["currentPrimary"].stringOr(root["metadata"]["name"].stringOr("") + "-1");
  k8s::CallContext context = session.context();
  context.max_attempts = kTries;
  const auto answer =
      session.client.getFromPod(session.object(podType(), pod), kPort, "/pg/controldata", context);
  if (!answer)
    return tl::unexpected(failureOf(answer.error(), "ask Pod " + pod + " for its controldata"));
  json::Decoder reply(*answer);
  auto data = readControlData(reply.root()["data"].stringOr(""));
  if (data) return *std::move(data);
  return tl::unexpected(
      Failure{ExitCode::kUnavailable, "Pod " + pod + " answered without controldata"});
}

}  // namespace job
