#pragma once

#include <string>
#include <vector>

#include "common/json/value.h"
#include "common/time/instant.h"
#include "job/failure.h"
#include "job/pass/session.h"

namespace job {

/// What removing a drill's Cluster came to.
struct DrillRemoval {
  std::vector<std::string> left;  // "Cluster x", "Pod x-1"...: empty when all is gone
  std::string problem;            // why; "" when nothing failed, as when waiting was cut short
  bool was_there = true;          // there was something to remove
};

/// Deletes the Cluster if it is there, a drill of `live`, and of that uid ("": it is gone already);
/// then waits until it, its claims, pods and jobs are gone, but not past the session's end nor a
/// stop.
DrillRemoval removeDrill(Session& session, const k8s::ObjectRef& cluster, const std::string& live,
                         const std::string& uid);

/// The Cluster that a drill makes. Whatever becomes of the drill once its creation was asked for,
/// it is removed again: by remove(), else when this goes.
class DrillCluster {
 public:
  DrillCluster(Session& session, k8s::ObjectRef ref) : session_(session), ref_(std::move(ref)) {}
  DrillCluster(const DrillCluster&) = delete;
  DrillCluster& operator=(const DrillCluster&) = delete;
  ~DrillCluster();

  const k8s::ObjectRef& ref() const { return ref_; }
  /// kBusy when another took the name meanwhile. The object as the server has it.
  Outcome<json::Value> create(const json::Value& object);
  bool wasAskedFor() const { return asked_for_; }
  /// Once another holds the drill's Lease: what was made here is deleted if it is still there, and
  /// nothing is waited for, as all else of that name may be the other's.
  void yieldToAnother();
  /// Also after a stop, then within three seconds and without waiting until all is gone; and after
  /// the session's end, within ten.
  DrillRemoval remove();

 private:
  /// The uid of the Cluster if it was made here; "" when it is not there, or another's.
  Outcome<std::string> ownUid(Session& session) const;
  DrillRemoval removeBy(Session& session);

  Session& session_;
  k8s::ObjectRef ref_;
  bool asked_for_ = false;
};

}  // namespace job
