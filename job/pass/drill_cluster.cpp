#include "job/pass/drill_cluster.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "common/k8s/call_context.h"
#include "job/decide/drill.h"
#include "job/model/names.h"
#include "job/model/object_meta.h"
#include "job/pass/recovery_reader.h"

namespace job {
namespace {

constexpr std::chrono::seconds kLookAgain{2};
constexpr std::chrono::seconds kAfterStop{3};
constexpr std::chrono::seconds kAfterEnd{10};

std::string uidOf(const json::Value& object) {
  json::Decoder decoder(object);
  return decoder.root()["metadata"]["uid"].stringOr("");
}

/// By this process itself: another of the same run may have taken the Lease over.
bool isMadeHere(const Session& session, const json::Value& cluster) {
  return hasMark(cluster, {.live = session.cluster(), .holder = session.holder});
}

Outcome<void> deleteCluster(Session& session, const k8s::ObjectRef& ref, const std::string& uid) {
  const auto removed =
      session.client.remove(ref, {.uid = uid, .resource_version = ""}, session.context());
  // A conflict: another Cluster has the name by now, and this one is gone.
  if (removed || removed.error().isConflict()) return {};
  return tl::unexpected(failureOf(removed.error(), "delete Cluster " + ref.name));
}

/// What is still there of it.
Outcome<std::vector<std::string>> remains(Session& session, const k8s::ObjectRef& ref,
                                          const std::string& uid) {
  std::vector<std::string> left;
  const auto cluster = session.client.get(ref, session.context());
  if (!cluster && !cluster.error().isNotFound()) {
    return tl::unexpected(failureOf(cluster.error(), "read Cluster " + ref.name));
  }
  if (cluster && uidOf(*cluster) == uid) left.push_back("Cluster " + ref.name);
  auto leftovers = readLeftovers(session, ref.name);
  if (!leftovers) return tl::unexpected(leftovers.error());
  left.insert(left.end(), leftovers->going.begin(), leftovers->going.end());
  for (const std::string& claim : leftovers->orphaned) {
    left.push_back("PersistentVolumeClaim " + claim);
  }
  return left;
}

/// The session for what has to be done whatever happens: no stop ends it, but so much time does.
Session lastWords(const Session& session, timing::Duration time) {
  Session last = session;
  last.stop = {};
  last.idle = nullptr;
  last.idle_while_changing = nullptr;
  last.end = timing::Deadline::in(session.clock, time);
  last.patience = last.end;
  return last;
}

}  // namespace

DrillRemoval removeDrill(Session& session, const k8s::ObjectRef& cluster, const std::string& live,
                         const std::string& uid) {
  DrillRemoval removal;
  const auto object = session.client.get(cluster, session.context());
  if (!object && !object.error().isNotFound()) {
    return {{"Cluster " + cluster.name},
            failureOf(object.error(), "read Cluster " + cluster.name).message};
  }
  removal.was_there = object.has_value();
  if (object && uidOf(*object) == uid) {
    json::Decoder decoder(*object);
    if (labelOf(decoder.root(), kDrillLabel) != live) {
      return {{"Cluster " + cluster.name},
              "Cluster " + cluster.name + " does not carry label " + std::string(kDrillLabel) +
                  " any more, so it is not deleted"};
    }
    session.log.info("removing the drill's Cluster", {{"cluster", cluster.name}, {"uid", uid}});
    if (const auto deleted = deleteCluster(session, cluster, uid); !deleted) {
      return {{"Cluster " + cluster.name}, deleted.error().message};
    }
  }
  const timing::Monotonic began = session.clock.monotonic();
  for (;;) {
    auto left = remains(session, cluster, uid);
    if (left) {
      removal.left = *std::move(left);
      removal.was_there = removal.was_there || !removal.left.empty();
      if (removal.left.empty()) break;
      session.progress.show("waiting until " + removal.left.front() + " is gone",
                            session.clock.monotonic() - began);
    } else if (left.error().code == ExitCode::kUnavailable) {
      session.log.warn("what is left of the drill is not known yet",
                       {{"error", left.error().message}});
    } else {
      if (removal.left.empty()) removal.left = {"Cluster " + cluster.name};
      if (!session.stop.stop_requested()) removal.problem = left.error().message;
      break;
    }
    const timing::Monotonic next = session.clock.monotonic() + kLookAgain;
    if (!k8s::pauseUntil(session.clock, next, session.context())) break;
  }
  session.progress.clear();
  return removal;
}

Outcome<json::Value> DrillCluster::create(const json::Value& object) {
  const auto mine = [&](const json::Value& existing) { return isMadeHere(session_, existing); };
  if (!session_.client.options().dry_run) asked_for_ = true;
  auto created =
      session_.client.create(ref_, object, k8s::Idempotency::kYes, session_.changing(), mine);
  if (created) return *std::move(created);
  if (created.error().isAlreadyExists()) {
    asked_for_ = false;
    return tl::unexpected(
        Failure{ExitCode::kBusy, "Cluster " + ref_.name_space + "/" + ref_.name +
                                     " was made by another meanwhile and is left alone; the next "
                                     "drill removes it if it is one's"});
  }
  return tl::unexpected(
      failureOf(created.error(), "create Cluster " + ref_.name_space + "/" + ref_.name));
}

Outcome<std::string> DrillCluster::ownUid(Session& session) const {
  const auto object = session.client.get(ref_, session.context());
  if (object) {
    return isMadeHere(session, *object) ? uidOf(*object) : std::string();
  }
  if (object.error().isNotFound()) return std::string();
  return tl::unexpected(failureOf(object.error(), "read Cluster " + ref_.name));
}

DrillRemoval DrillCluster::removeBy(Session& session) {
  // By what is there, not by what the creation answered: it may have been carried out unheard.
  const auto uid = ownUid(session);
  if (!uid) return {{"Cluster " + ref_.name}, uid.error().message};
  // Where it is gone already, what belongs to it may still be going.
  DrillRemoval removal = removeDrill(session, ref_, session.cluster(), *uid);
  removal.was_there = removal.was_there || !uid->empty();
  return removal;
}

DrillRemoval DrillCluster::remove() {
  asked_for_ = false;
  if (!session_.stop.stop_requested()) {
    Session session = session_.end.remaining(session_.clock) < kAfterEnd
                          ? lastWords(session_, kAfterEnd)
                          : session_;
    DrillRemoval removal = removeBy(session);
    // A stop that came while waiting cuts that short; one before the delete must not prevent it.
    if (removal.left.empty() || !session_.stop.stop_requested()) return removal;
  }
  Session session = lastWords(session_, kAfterStop);
  DrillRemoval removal = removeBy(session);
  removal.problem.clear();
  return removal;
}

void DrillCluster::yieldToAnother() {
  asked_for_ = false;
  Session session = lastWords(session_, kAfterStop);
  const auto uid = ownUid(session);
  if (!uid || uid->empty()) return;
  if (const auto deleted = deleteCluster(session, ref_, *uid); !deleted) {
    session_.log.warn("the drill's Cluster was not removed, the next drill does it",
                      {{"cluster", ref_.name}, {"error", deleted.error().message}});
  }
}

DrillCluster::~DrillCluster() {
  if (!asked_for_) return;
  try {
    const DrillRemoval removal = remove();
    if (!removal.left.empty()) {
      session_.log.error("the drill's Cluster was not removed, the next drill does it",
                         {{"cluster", ref_.name}, {"error", removal.problem}});
    }
  } catch (const std::exception& bug) {
    session_.log.error("the drill's Cluster was not removed, the next drill does it",
                       {{"cluster", ref_.name}, {"error", bug.what()}});
  }
}

}  // namespace job
