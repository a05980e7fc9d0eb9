#include "tests/matrix/cluster_view.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <stdexcept>
#include <utility>

#include "tests/sim/fields.h"
#include "tests/sim/kinds.h"

namespace matrix {
namespace {

using json::Value;
using sim::textAt;

constexpr std::chrono::minutes kPatience{2};

/// Reads object after object; the first error ends it.
class Reader {
 public:
  Reader(k8s::Client& client, const Installation& installation)
      : client_(client), installation_(installation) {}

  std::vector<Value> list(const k8s::ResourceType& type) {
    auto found = client_.list({type, installation_.name_space, ""}, k8s::ListOptions(), context());
    if (!found) throw std::runtime_error(found.error().describe());
    return std::move(found->items);
  }
  /// Null when there is none.
  Value get(const k8s::ResourceType& type, const std::string& name) {
    auto found = client_.get({type, installation_.name_space, name}, context());
    if (!found && found.error().isNotFound()) return {};
    if (!found) throw std::runtime_error(found.error().describe());
    return *std::move(found);
  }

 private:
  k8s::CallContext context() const {
    return {timing::Deadline::in(client_.clock(), kPatience), {}};
  }

  k8s::Client& client_;
  const Installation& installation_;
};

bool isDeleting(const Value& object) {
  return sim::hasAt(object, {"metadata", "deletionTimestamp"});
}

std::vector<ClusterView::Backup> readBackups(Reader& reader, const std::string& group) {
  std::map<std::string, ClusterView::Backup> backups;
  for (const Value& object : reader.list(sim::backupType(group))) {
    const std::string name = textAt(object, {"metadata", "name"});
    backups[name] = {.name = name,
                     .run = sim::label(object, "noobaa.io/db-backup-run"),
                     .phase = textAt(object, {"status", "phase"}),
                     .exists = true,
                     .deleting = isDeleting(object)};
  }
  for (const Value& object : reader.list(sim::snapshotType())) {
    const std::string name = sim::label(object, "cnpg.io/backupName");
    ClusterView::Backup& backup = backups[name];
    backup.name = name;
    backup.members.push_back({.name = textAt(object, {"metadata", "name"}),
                              .role = sim::annotation(object, "cnpg.io/pvcRole"),
                              .end = sim::annotation(object, "cnpg.io/backupEndTime"),
                              .ready = sim::flagAt(object, {"status", "readyToUse"}),
                              .deleting = isDeleting(object)});
  }
  std::vector<ClusterView::Backup> sorted;
  for (auto& [name, backup] : backups) sorted.push_back(std::move(backup));
  return sorted;
}

ClusterView::Status statusOf(const Value& system) {
  const Value* status = sim::valueAt(system, {"status", "dbStatus", "backupStatus"});
  if (status == nullptr) return {};
  return {.last = textAt(*status, {"lastBackupTime"}),
          .next = textAt(*status, {"nextBackupTime"}),
          .total = sim::numberAt(*status, {"totalSnapshots"}),
          .available = sim::textsAt(*status, {"availableSnapshots"})};
}

}  // namespace

const ClusterView::Member* ClusterView::Backup::data() const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [](const Member& member) { return member.role == "PG_DATA"; });
  return found == members.end() ? nullptr : &*found;
}

bool ClusterView::Backup::isGood() const {
  const bool whole = std::all_of(members.begin(), members.end(), [](const Member& member) {
    return member.ready && !member.deleting;
  });
  return exists && !deleting && phase == "completed" && members.size() == 2 && whole &&
         data() != nullptr && !data()->end.empty();
}

std::vector<ClusterView::Backup> ClusterView::good() const {
  std::vector<Backup> found;
  std::copy_if(backups.begin(), backups.end(), std::back_inserter(found),
               [](const Backup& backup) { return backup.isGood(); });
  // RFC 3339 in UTC without fractions, as CNPG writes it: the text's order is the time's.
  std::stable_sort(found.begin(), found.end(), [](const Backup& one, const Backup& other) {
    return std::pair(one.data()->end, one.name) < std::pair(other.data()->end, other.name);
  });
  return found;
}

tl::expected<ClusterView, std::string> viewCluster(k8s::Client& client,
                                                   const Installation& installation) {
  try {
    Reader reader(client, installation);
    ClusterView view;
    view.backups = readBackups(reader, installation.cnpg_group);
    const Value lease = reader.get({"coordination.k8s.io", "v1", "leases", "Lease"},
                                   std::string(Installation::kCluster) + "-db-backup");
    view.lease_holder = textAt(lease, {"spec", "holderIdentity"});
    const Value cluster =
        reader.get(sim::clusterType(installation.cnpg_group), Installation::kCluster);
    view.fenced = sim::annotation(cluster, "cnpg.io/fencedInstances");
    view.status = statusOf(reader.get(sim::noobaaType(), Installation::kSystem));
    return view;
  } catch (const std::runtime_error& error) {
    return tl::unexpected(std::string("the cluster can't be read: ") + error.what());
  }
}

}  // namespace matrix
