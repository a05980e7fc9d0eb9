#include "job/pass/wait_until_fit.h"

#include <algorithm>
#include <utility>

#include "common/k8s/object_watch.h"
#include "job/model/names.h"
#include "job/pass/cluster_reader.h"

namespace job {
namespace {

std::string joined(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    if (finding.kind == Finding::Kind::kWarn) continue;
    text += (text.empty() ? "" : "; ") + finding.text();
  }
  return text;
}

bool any(const std::vector<Finding>& findings, Finding::Kind kind) {
  return std::any_of(findings.begin(), findings.end(),
                     [&](const Finding& f) { return f.kind == kind; });
}

class FitnessObserver final : public k8s::Observer {
 public:
  FitnessObserver(const Run& run, const std::vector<Finding>& known)
      : session_(run.session),
        online_(run.request.online),
        known_(known),
        started_(run.session.clock.monotonic()) {}

  bool onList(const std::vector<json::Value>& items) override {
    return items.empty() ? gone() : see(items.front());
  }
  bool onEvent(const k8s::WatchEvent& event) override {
    return event.type == k8s::WatchEvent::Type::kDeleted ? gone() : see(event.object);
  }
  bool onTick() override {
    session_.progress.show("waiting until the cluster is fit: " + last_,
                           session_.clock.monotonic() - started_);
    return false;
  }
  void onTrouble(const k8s::ApiError& error) override {
    session_.log.warn("the cluster can't be followed; waiting goes on",
                      {{"error", error.describe()}});
  }

  /// True when waiting is over: fit, or refused for good.
  bool judgeNow(Cluster cluster) {
    cluster_ = std::move(cluster);
    findings_ = known_;
    for (Finding& finding : judgeCluster(*cluster_, session_.settings.allow_primary, online_)) {
      findings_.push_back(std::move(finding));
    }
    const std::string now = joined(findings_);
    if (now != last_ && !now.empty()) {
      session_.log.info("the cluster is not fit for a backup", {{"why", now}});
    }
    last_ = now;
    return any(findings_, Finding::Kind::kRefuse) || !any(findings_, Finding::Kind::kWait);
  }

  std::optional<Cluster> cluster_;
  std::vector<Finding> findings_;
  std::optional<Failure> failure_;

 private:
  bool gone() {
    failure_ =
        Failure{ExitCode::kRefused, "Cluster " + session_.name_space + "/" + session_.cluster() +
                                        " was deleted while it was waited for"};
    return true;
  }
  bool see(const json::Value& object) {
    auto cluster = readCluster(object);
    if (!cluster) {
      failure_ =
          Failure{ExitCode::kConfiguration,
                  "Cluster " + session_.cluster() + " can't be read: " + cluster.error().message()};
      return true;
    }
    return judgeNow(*std::move(cluster));
  }

  Session& session_;
  bool online_;
  const std::vector<Finding>& known_;
  timing::Monotonic started_;
  std::string last_;
};

}  // namespace

Outcome<Cluster> waitUntilFit(Run& run, const std::string& group, const std::vector<Finding>& known,
                              std::vector<std::string>& warnings) {
  Session& session = run.session;
  auto cluster = readCluster(session, group, session.context());
  if (!cluster) return tl::unexpected(cluster.error());
  FitnessObserver observer(run, known);
  if (!*cluster) {
    return tl::unexpected(Failure{
        ExitCode::kRefused,
        "Cluster " + session.name_space + "/" + session.cluster() + " was deleted meanwhile"});
  }
  const std::string version = (*cluster)->resource_version;
  const bool decided = observer.judgeNow(**std::move(cluster));
  if (!decided && !session.client.options().dry_run) {
    k8s::CallContext wait = session.waiting();
    wait.deadline =
        wait.deadline.earlier(timing::Deadline::in(session.clock, session.settings.preflight_wait));
    const k8s::ListOptions options{.label_selector = "",
                                   .field_selector = "metadata.name=" + session.cluster()};
    const auto followed = k8s::follow(session.client, session.collection(clusterType(group)),
                                      options, observer, wait, version);
    session.progress.clear();
    if (!followed)
      return tl::unexpected(failureOf(followed.error(), "follow Cluster " + session.cluster()));
    if (*followed == k8s::FollowEnd::kStopped) {
      return tl::unexpected(Failure{ExitCode::kInterrupted, "stopped before a Backup was made"});
    }
  }
  if (observer.failure_) return tl::unexpected(*observer.failure_);
  for (const Finding& finding : observer.findings_) {
    if (finding.kind == Finding::Kind::kWarn) warnings.push_back(finding.text());
  }
  if (const std::string objections = joined(observer.findings_); !objections.empty()) {
    return tl::unexpected(Failure{ExitCode::kRefused, objections});
  }
  return *std::move(observer.cluster_);
}

}  // namespace job
