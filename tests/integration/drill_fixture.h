#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "common/time/rfc3339.h"
#include "job/pass/restore_drill.h"
#include "tests/integration/pass_fixture.h"
#include "tests/sim/fields.h"
#include "tests/sim/kinds.h"
#include "tests/sim/object_meta.h"

namespace job {

/// Lets everything through, and fails the test when a request would change a Cluster other than the
/// drill's, or anything but that Cluster, Leases and Events.
class DrillGuard final : public k8s::HttpTransport {
 public:
  explicit DrillGuard(k8s::HttpTransport& inner) : inner_(inner) {}
  tl::expected<void, k8s::TransportError> send(const k8s::HttpRequest& request,
                                               k8s::ResponseSink& sink, timing::Deadline deadline,
                                               const std::stop_token& stop) override {
    if (request.method != "GET" && !isAllowed(request)) {
      ADD_FAILURE() << request.method << " " << request.target << " " << request.body;
    }
    return inner_.send(request, sink, deadline, stop);
  }

 private:
  static bool isAllowed(const k8s::HttpRequest& request) {
    const auto has = [](const std::string& text, const char* part) {
      return text.find(part) != std::string::npos;
    };
    if (has(request.target, "/leases") || has(request.target, "/events") ||
        has(request.target, "/selfsubject")) {
      return true;
    }
    if (!has(request.target, "/clusters")) return false;
    return request.method == "POST" ? has(request.body, R"("name":"noobaa-db-pg-cluster-drill")")
                                    : has(request.target, "/clusters/noobaa-db-pg-cluster-drill");
  }

  k8s::HttpTransport& inner_;
};

/// Restore drills on a simulated cluster, in virtual time.
class DrillTest : public PassTest {
 protected:
  static constexpr const char* kLive = "noobaa-db-pg-cluster";
  static constexpr const char* kDrill = "noobaa-db-pg-cluster-drill";
  static constexpr const char* kOld = "backup-20250113-020000";
  static constexpr const char* kNew = "backup-20250114-020000";

  explicit DrillTest(sim::WorldOptions world_options = options())
      : PassTest(std::move(world_options)) {
    settings_.command = Command::kVerify;
  }

  /// One drill in a process of its own, over a connection that a test may disturb.
  DrillReport drillOver(k8s::HttpTransport& wire, const std::string& run_id, std::stop_token stop) {
    return inSessionOver(wire, run_id, "pod-" + std::to_string(++processes_), std::move(stop),
                         restoreDrill);
  }
  DrillReport drill(const std::string& run_id = "drill-run") {
    DrillGuard guard(transport_);
    return drillOver(guard, run_id, stop_.get_token());
  }

  k8s::ObjectRef drillRef() const {
    return {sim::clusterType(world_.shape().cnpg_group), world_.shape().name_space, kDrill};
  }
  json::Value drillCluster() { return world_.get(drillRef()); }
  k8s::ObjectRef drillLeaseRef() const {
    return {{"coordination.k8s.io", "v1", "leases", "Lease"},
            world_.shape().name_space,
            std::string(kLive) + "-db-backup-drill"};
  }
  /// Who holds the drill's Lease; "" when nobody does.
  std::string drillLeaseHolder() {
    json::Value lease = world_.get(drillLeaseRef());
    const json::Value& holder = lease["spec"]["holderIdentity"];
    return holder.string() == nullptr ? "" : *holder.string();
  }
  /// Somebody else holds it from now on.
  void giveDrillLeaseTo(const std::string& holder) {
    if (!world_.get(drillLeaseRef()).isNull()) {
      world_.server().update(drillLeaseRef(),
                             [&](json::Value& lease) { lease["spec"]["holderIdentity"] = holder; });
      return;
    }
    const std::string now = timing::formatMicroTime(world_.clock().now());
    world_.server().create(json::Object{
        {"apiVersion", "coordination.k8s.io/v1"},
        {"kind", "Lease"},
        {"metadata",
         json::Object{{"name", drillLeaseRef().name}, {"namespace", world_.shape().name_space}}},
        {"spec", json::Object{{"holderIdentity", holder},
                              {"leaseDurationSeconds", 30},
                              {"acquireTime", now},
                              {"renewTime", now},
                              {"leaseTransitions", 0}}}});
  }
  /// Everything in the namespace that carries the drill's name.
  std::vector<std::string> leftOfDrills() {
    std::vector<std::string> left;
    for (const auto& type : {sim::clusterType(world_.shape().cnpg_group), sim::claimType(),
                             sim::podType(), sim::jobType()}) {
      for (const json::Value& object : world_.server().list(type, world_.shape().name_space)) {
        const std::string name = sim::nameOf(object);
        if (name.starts_with(kDrill)) left.push_back(type.kind + " " + name);
      }
    }
    return left;
  }
  /// Does that when the drill's Cluster has just been created.
  void whenBegun(std::function<void()> act) {
    world_.server().onChange([this, act = std::move(act)](const sim::Change& change) {
      if (change.type == sim::Change::Type::kAdded && sim::nameOf(change.object) == kDrill) {
        world_.timeline().at(world_.clock().now() + std::chrono::seconds(1), act);
      }
    });
  }
  /// A quota that has no more room.
  void addQuota(const std::string& resource, const std::string& hard, const std::string& used) {
    world_.server().create(json::Object{
        {"apiVersion", "v1"},
        {"kind", "ResourceQuota"},
        {"metadata", json::Object{{"name", "team"}, {"namespace", world_.shape().name_space}}},
        {"spec", json::Object{{"hard", json::Object{{resource, hard}}}}},
        {"status", json::Object{{"hard", json::Object{{resource, hard}}},
                                {"used", json::Object{{resource, used}}}}}});
  }

  int processes_ = 0;
};

}  // namespace job
