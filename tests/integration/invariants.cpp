#include "tests/integration/invariants.h"

#include <algorithm>
#include <chrono>

#include "common/json/write.h"
#include "common/time/rfc3339.h"
#include "tests/sim/fencing.h"
#include "tests/sim/fields.h"

namespace job {
namespace {

using json::Array;
using json::Object;
using json::Value;

/// Schedules of the tests are "0 2 * * *".
std::string nextTwoOClock(timing::Instant after) {
  using namespace std::chrono;
  const auto today = floor<days>(after) + hours(2);
  return timing::formatRfc3339(today > after ? today : today + days(1));
}

/// The newest that is not dated ahead; if all are, the newest.
std::string lastTime(const std::vector<SeenBackup>& good, timing::Instant now) {
  const std::string soon = timing::formatRfc3339(now + std::chrono::minutes(5));
  const auto past = std::find_if(good.begin(), good.end(),
                                 [&](const SeenBackup& backup) { return backup.end <= soon; });
  return (past == good.end() ? good.begin() : past)->end;
}

Object trueStatus(sim::World& world, timing::Instant written) {
  const auto backups = seenBackups(world);
  auto good = goodNewestFirst(backups);
  std::int64_t total = 0;
  for (const auto& [name, backup] : backups) {
    const bool there = std::any_of(backup.parts.begin(), backup.parts.end(), [&](const auto& part) {
      return !sim::hasAt(world.snapshot(part.first), {"metadata", "deletionTimestamp"});
    });
    if (there) ++total;
  }
  Object status;
  if (!good.empty()) status.set("lastBackupTime", lastTime(good, written));
  status.set("nextBackupTime", nextTwoOClock(written));
  if (total > 0) status.set("totalSnapshots", total);
  Array available;
  for (auto backup = good.rbegin(); backup != good.rend(); ++backup)
    available.emplace_back(backup->data);
  if (!available.empty()) status.set("availableSnapshots", std::move(available));
  return status;
}

Value statusOf(sim::World& world) {
  const Value noobaa = world.noobaa();
  const Value* status = sim::valueAt(noobaa, {"status", "dbStatus", "backupStatus"});
  return status == nullptr ? Value() : *status;
}

}  // namespace

std::vector<std::string> notOneBackup(sim::World& world, const std::string& run, bool made) {
  std::vector<std::string> names;
  for (const auto& [name, backup] : seenBackups(world)) {
    if (backup.run == run && (backup.in_flight || backup.good)) names.push_back(name);
  }
  if (names.size() == 1 || (names.empty() && !made)) return {};
  std::string all;
  for (const std::string& name : names) all += " " + name;
  return {"run " + run + " has " + std::to_string(names.size()) + " Backups:" + all};
}

std::vector<std::string> lostCopies(sim::World& world,
                                    const std::map<std::string, SeenBackup>& known, int max) {
  const auto now = seenBackups(world);
  auto all = known;
  for (const auto& [name, backup] : now) {
    if (backup.good) all[name] = backup;
  }
  std::vector<std::string> lost;
  int count = 0;
  for (const SeenBackup& backup : goodNewestFirst(all)) {
    if (!backup.held && ++count > max) continue;
    const auto there = now.find(backup.name);
    const bool whole =
        there != now.end() && there->second.good && there->second.parts == backup.parts;
    if (!whole) lost.push_back("the good backup " + backup.name + " is lost or no longer whole");
  }
  return lost;
}

std::vector<std::string> heldLease(sim::World& world) {
  const Value lease = world.get({{"coordination.k8s.io", "v1", "leases", "Lease"},
                                 world.shape().name_space,
                                 world.shape().clusterName() + "-db-backup"});
  const std::string holder = sim::textAt(lease, {"spec", "holderIdentity"});
  if (holder.empty()) return {};
  return {"the Lease is held by " + holder};
}

std::vector<std::string> needlessFence(sim::World& world) {
  const Value cluster = world.cluster();
  if (cluster.isNull()) return {};
  const auto fenced = sim::fencedInstances(cluster);
  if (fenced.empty()) return {};
  for (const auto& [name, backup] : seenBackups(world)) {
    if (backup.in_flight) return {};
  }
  return {fenced.front() + " is fenced and no Backup is in flight"};
}

std::vector<std::string> untrueStatus(sim::World& world, timing::Instant written) {
  const Value is = statusOf(world);
  const Value should = trueStatus(world, written);
  if (is == should) return {};
  return {"the status is " + json::write(is) + " and should be " + json::write(should)};
}

std::vector<std::string> goneButOffered(sim::World& world) {
  std::vector<std::string> gone;
  for (const std::string& name : sim::textsAt(statusOf(world), {"availableSnapshots"})) {
    const Value snapshot = world.snapshot(name);
    if (snapshot.isNull() || sim::hasAt(snapshot, {"metadata", "deletionTimestamp"}))
      gone.push_back("the status offers " + name + ", which is gone");
  }
  return gone;
}

std::vector<std::string> wrongResult(sim::World& world, const PassResult& result) {
  std::vector<std::string> wrong;
  if (result.exit_code != ExitCode::kDone && result.reason.empty())
    wrong.push_back("it failed without a reason");
  if (!json::write(toJson(result)).starts_with("{\"command\":\"run\""))
    wrong.push_back("there is no result object");
  const bool claims_backup = (result.exit_code == ExitCode::kDone && !result.said) ||
                             result.exit_code == ExitCode::kIncomplete;
  if (!claims_backup) return wrong;
  const auto backups = seenBackups(world);
  const auto made = backups.find(result.backup.value_or("none"));
  if (made == backups.end() || !made->second.good)
    wrong.push_back("it claims the backup " + result.backup.value_or("none") +
                    ", which is not good");
  return wrong;
}

void writeTrueStatus(sim::World& world, timing::Instant now) {
  Object status = trueStatus(world, now);
  world.editNoobaa([&](Value& noobaa) {
    sim::placeAt(noobaa, {"status", "dbStatus", "backupStatus"}) = status;
  });
}

}  // namespace job
