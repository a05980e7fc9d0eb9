#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/json/view.h"
#include "common/json/write.h"
#include "job/model/names.h"
#include "job/pass/back_up.h"
#include "job/report/pass_result.h"
#include "tests/sim/test_world.h"

namespace job {

/// Keeps what was logged.
class CollectingSink final : public logging::Logger::Sink {
 public:
  explicit CollectingSink(std::vector<std::string>& lines) : lines_(lines) {}
  void write(std::string_view line) override { lines_.emplace_back(line); }

 private:
  std::vector<std::string>& lines_;
};

/// Keeps what a live line would have shown, each text once in a row.
class CollectingProgress final : public Progress {
 public:
  explicit CollectingProgress(std::vector<std::string>& shown) : shown_(shown) {}
  void show(const std::string& what, timing::Duration) override {
    if (shown_.empty() || shown_.back() != what) shown_.push_back(what);
  }
  void clear() override {}

 private:
  std::vector<std::string>& shown_;
};

/// Lets everything through, and fails the test when a request would change a Cluster's fences:
/// whoever set one may need it, and an instance that is started while it is snapshotted spoils the
/// backup. So no pass of any scenario ever does.
class FenceGuard final : public k8s::HttpTransport {
 public:
  explicit FenceGuard(k8s::HttpTransport& inner) : inner_(inner) {}
  tl::expected<void, k8s::TransportError> send(const k8s::HttpRequest& request,
                                               k8s::ResponseSink& sink, timing::Deadline deadline,
                                               const std::stop_token& stop) override {
    const bool changes_cluster =
        request.method != "GET" && request.target.find("/clusters") != std::string::npos;
    if (changes_cluster &&
        (request.method == "DELETE" || request.body.find("fencedInstances") != std::string::npos)) {
      ADD_FAILURE() << request.method << " " << request.target << " " << request.body;
    }
    return inner_.send(request, sink, deadline, stop);
  }

 private:
  k8s::HttpTransport& inner_;
};

/// A simulated cluster and everything to run passes on it, in virtual time.
class PassTest : public testing::Test {
 protected:
  static sim::WorldOptions options() { return {}; }

  explicit PassTest(sim::WorldOptions world_options = options())
      : world_(std::move(world_options)), transport_(world_.transport()) {
    settings_.name_space = world_.shape().name_space;
  }

  /// One command in a process of its own: new client, new log.
  template <typename Command>
  auto inSession(const std::string& run_id, const std::string& pod, Command command) {
    return inSessionOver(guard_, run_id, pod, stop_.get_token(), command);
  }
  /// The same over a connection that a test may disturb.
  template <typename Command>
  auto inSessionOver(k8s::HttpTransport& wire, const std::string& run_id, const std::string& pod,
                     std::stop_token stop, Command command) {
    logging::Logger log(world_.clock(), logging::Level::kDebug, logging::Format::kText,
                        std::make_unique<CollectingSink>(log_lines_));
    k8s::ClientOptions options;
    options.user_agent = "noobaa-db-backup/test";
    options.field_manager = "noobaa-db-backup";
    options.dry_run = settings_.dry_run;
    k8s::Client client(
        wire, world_.clock(), [] { return 0.5; }, log, options);
    CollectingProgress progress(shown_);
    Session session{
        .client = client,
        .clock = world_.clock(),
        .log = log,
        .progress = progress,
        .settings = settings_,
        .name_space = world_.shape().name_space,
        .run_id = run_id,
        .holder = run_id + "/" + pod,
        .stop = std::move(stop),
        .patience = timing::Deadline::in(world_.clock(), settings_.timeout),
        .end = timing::Deadline::in(world_.clock(), settings_.timeout + timing::Duration(kGrace))};
    world_.server().clearRequestLog();
    auto result = command(session);
    counts_ = client.counts();
    return result;
  }
  PassResult run(const std::string& run_id = "run-1", const std::string& pod = "pod-1") {
    return inSession(run_id, pod, runPass);
  }

  json::Value status() {
    json::Value noobaa = world_.noobaa();
    return noobaa["status"]["dbStatus"]["backupStatus"];
  }
  std::string fence() {
    json::Value cluster = world_.cluster();
    const json::Value& list = cluster["metadata"]["annotations"][kFencedInstancesAnnotation];
    return list.string() == nullptr || *list.string() == "[]" ? "" : *list.string();
  }
  std::string leaseHolder() {
    json::Value lease = world_.get({{"coordination.k8s.io", "v1", "leases", "Lease"},
                                    world_.shape().name_space,
                                    world_.shape().clusterName() + "-db-backup"});
    const json::Value& holder = lease["spec"]["holderIdentity"];
    return holder.string() == nullptr ? "" : *holder.string();
  }
  /// The note of the Event of that reason; empty when there is none.
  std::string eventNote(const std::string& wanted) {
    for (json::Value& event : world_.server().list({"events.k8s.io", "v1", "events", "Event"},
                                                   world_.shape().name_space)) {
      if (*event["reason"].string() == wanted) return *event["note"].string();
    }
    return "";
  }
  /// Requests that change something, as "VERB path".
  std::vector<std::string> writes() {
    std::vector<std::string> found;
    for (const std::string& line : world_.server().requestLog()) {
      if (!line.starts_with("GET ") && line.find("selfsubject") == std::string::npos)
        found.push_back(line);
    }
    return found;
  }
  std::vector<std::string> eventReasons() {
    std::vector<std::string> reasons;
    for (json::Value& event : world_.server().list({"events.k8s.io", "v1", "events", "Event"},
                                                   world_.shape().name_space)) {
      reasons.push_back(*event["reason"].string());
    }
    return reasons;
  }

  sim::TestWorld world_;
  sim::SimTransport transport_;
  FenceGuard guard_{transport_};
  Settings settings_;
  std::stop_source stop_;
  std::vector<std::string> log_lines_;
  std::vector<std::string> shown_;
  k8s::Client::Counts counts_;
};

}  // namespace job
