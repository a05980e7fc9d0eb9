#include "job/decide/leftovers.h"

#include <algorithm>

#include "common/json/view.h"
#include "job/model/joined.h"
#include "job/model/names.h"
#include "job/model/object_meta.h"

namespace job {
namespace {

struct Trace {
  std::string name;
  std::string name_space;
  bool orphaned = false;
};

std::vector<Trace> tracesOf(const std::string& cluster, const std::vector<json::Value>& objects) {
  std::vector<Trace> traces;
  for (const json::Value& object : objects) {
    json::Decoder decoder(object);
    const json::View root = decoder.root();
    if (labelOf(root, kClusterLabel) != cluster) continue;
    const json::View meta = root["metadata"];
    traces.push_back(
        {meta["name"].stringOr("?"), meta["namespace"].stringOr(""),
         !meta["deletionTimestamp"].present() && meta["ownerReferences"].elements().empty()});
  }
  std::sort(traces.begin(), traces.end(),
            [](const Trace& a, const Trace& b) { return a.name < b.name; });
  return traces;
}

/// "a, b, c and 4 more".
std::string someOf(std::vector<std::string> names) {
  constexpr std::size_t kShown = 3;
  if (names.size() <= kShown) return joined(names);
  const std::size_t more = names.size() - kShown;
  names.resize(kShown);
  return joined(names) + " and " + std::to_string(more) + " more";
}

}  // namespace

Leftovers leftoversOf(const std::string& cluster, const std::vector<json::Value>& claims,
                      const std::vector<json::Value>& pods, const std::vector<json::Value>& jobs) {
  Leftovers left;
  std::string name_space;
  for (const Trace& claim : tracesOf(cluster, claims)) {
    name_space = claim.name_space;
    if (claim.orphaned) {
      left.orphaned.push_back(claim.name);
    } else {
      left.going.push_back("PersistentVolumeClaim " + claim.name);
    }
  }
  for (const Trace& pod : tracesOf(cluster, pods)) left.going.push_back("Pod " + pod.name);
  for (const Trace& job : tracesOf(cluster, jobs)) left.going.push_back("Job " + job.name);

  if (!left.orphaned.empty()) {
    left.state = Leftovers::State::kOrphaned;
    left.words = "PersistentVolumeClaim " + someOf(left.orphaned) + " of the old Cluster " +
                 cluster +
                 " stays, for it has no owner: CloudNativePG would take up the data on it instead; "
                 "when nobody needs that any more: kubectl -n " +
                 name_space + " delete persistentvolumeclaim " + joined(left.orphaned, " ");
  } else if (!left.going.empty()) {
    left.state = Leftovers::State::kGoing;
    left.words = someOf(left.going) + " of the old Cluster " + cluster + " still there";
  }
  return left;
}

}  // namespace job
