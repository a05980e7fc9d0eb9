#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "common/json/write.h"
#include "job/model/names.h"
#include "job/pass/recover.h"
#include "job/pass/sync.h"
#include "tests/integration/fault.h"
#include "tests/integration/invariants.h"
#include "tests/integration/pass_process.h"

// A recovery is cut short or disturbed at each of its requests in each way, and another finishes.

namespace job {
namespace {

using testing::IsEmpty;

constexpr const char* kName = "backup-20250114-020000";

/// A lost database, whose volumes are still going, and what becomes of it.
class LostDatabase {
 public:
  LostDatabase() : world_(options()) {
    world_.add(sim::aBackup(kName).ours().withWal());
    world_.editNoobaa([](json::Value& noobaa) {
      noobaa["spec"]["dbSpec"]["dbRecovery"]["volumeSnapshotName"] = kName;
    });
    world_.server().remove(world_.clusterRef());
    world_.server().onChange([this](const sim::Change& change) {
      if (change.resource != world_.clusterRef().type) return;
      if (change.type == sim::Change::Type::kAdded) ++created_;
      if (change.type == sim::Change::Type::kDeleted) ++deleted_;
    });
  }

  sim::TestWorld& world() { return world_; }

  /// What must hold at any time.
  std::vector<std::string> broken() {
    std::vector<std::string> broken;
    if (created_ > 1) broken.push_back(std::to_string(created_) + " Clusters were created");
    if (deleted_ > 0) broken.emplace_back("a Cluster was deleted");
    if (world_.snapshotNames().size() != 2) broken.emplace_back("a snapshot is gone");
    if (status() == "Completed" && !isUp()) broken.emplace_back("Completed, but it is not up");
    if (status() == "Failed") broken.emplace_back("Failed, though nothing was wrong");
    return broken;
  }
  /// And at the end.
  std::vector<std::string> unfinished() {
    std::vector<std::string> broken = this->broken();
    if (created_ != 1) broken.emplace_back("no Cluster was created");
    if (!isUp()) broken.emplace_back("the database is not up");
    if (status() != "Completed") broken.push_back("the status is " + status());
    for (const char* suffix : {"", "-wal"}) {
      json::Value claim = world_.get(world_.claimRef(world_.shape().instanceName(1) + suffix));
      if (claim["spec"]["dataSource"]["name"] != json::Value(std::string(kName) + suffix)) {
        broken.push_back("the volume" + std::string(suffix) + " is not the snapshot's");
      }
    }
    return broken;
  }
  bool isCompleted() { return status() == "Completed"; }

 private:
  static sim::WorldOptions options() {
    sim::WorldOptions options;
    options.shape.wal_storage = true;
    // A few looks tell as much as many.
    options.cnpg.timing.bootstrap = std::chrono::seconds(2);
    options.cnpg.timing.claim_removal = std::chrono::seconds(2);
    return options;
  }
  bool isUp() {
    json::Value cluster = world_.cluster();
    return cluster["status"]["phase"] == json::Value(sim::kHealthyPhase);
  }
  std::string status() {
    json::Value noobaa = world_.noobaa();
    const json::Value& word = noobaa["status"]["dbStatus"]["recoveryStatus"]["status"];
    return word.string() == nullptr ? "" : *word.string();
  }

  sim::TestWorld world_;
  int created_ = 0;
  int deleted_ = 0;
};

std::string codeOf(const std::optional<PassResult>& result) {
  return result ? std::to_string(static_cast<int>(result->exit_code)) + " " + result->reason : "-";
}

void append(std::vector<std::string>& all, const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// A minute later, again and again if need be, as a CronJob does.
void finish(LostDatabase& lost, PassResult (*command)(Session&), int most,
            std::vector<std::string>& broken) {
  // A Lease that was left behind lapses; only who finds something to do takes it.
  const bool was_completed = lost.isCompleted();
  for (int i = 0; i < most; ++i) {
    lost.world().advance(std::chrono::minutes(1));
    PassProcess next(lost.world(), "run-" + std::to_string(i));
    const auto result = next.run(command);
    if (!result || result->exit_code != ExitCode::kDone) {
      broken.push_back("one after it ended with " + codeOf(result));
    }
    append(broken, lost.broken());
  }
  append(broken, lost.unfinished());
  if (!was_completed) append(broken, heldLease(lost.world()));
}

std::vector<std::string> disturbed(const FaultKind& kind, int request,
                                   PassResult (*command)(Session&), int followers) {
  LostDatabase lost;
  std::vector<std::string> broken;
  PassProcess first(lost.world(), "the-run");
  first.wire().plan(kind.fault, {request, 0});
  const auto result = first.run(command);
  if (!first.wire().struck()) broken.emplace_back("the fault did not strike");
  if (kind.exit_codes.empty() && result) broken.emplace_back("the killed one has a result");
  append(broken, lost.broken());
  if (!kind.leaves_something && (!result || result->exit_code != ExitCode::kDone)) {
    broken.push_back("it ended with " + codeOf(result));
  }
  finish(lost, command, followers, broken);
  return broken;
}

/// Every request of an undisturbed one.
std::vector<FaultyTransport::Asked> requestsOf(PassResult (*command)(Session&)) {
  LostDatabase lost;
  PassProcess undisturbed(lost.world(), "the-run");
  const auto result = undisturbed.run(command);
  EXPECT_TRUE(result && result->exit_code == ExitCode::kDone) << codeOf(result);
  return undisturbed.wire().asked();
}

void expectFinished(PassResult (*command)(Session&), std::size_t at_least, int followers) {
  const auto requests = requestsOf(command);
  ASSERT_GT(requests.size(), at_least);
  for (std::size_t request = 0; request < requests.size(); ++request) {
    for (const FaultKind& kind : faultKinds()) {
      EXPECT_THAT(disturbed(kind, static_cast<int>(request), command, followers), IsEmpty())
          << kind.name << " at " << request << " " << requests[request].what;
    }
  }
}

TEST(RecoverFaultsTest, ARecoveryThatIsCutShortAnywhereIsFinishedByTheNext) {
  expectFinished(recover, 30, 1);
}

TEST(RecoverFaultsTest, SoIsOneThatSyncDrives) {
  expectFinished(sync, 10, 4);
}

}  // namespace
}  // namespace job
