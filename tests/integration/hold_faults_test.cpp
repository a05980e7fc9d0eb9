#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "job/model/names.h"
#include "job/pass/hold_backup.h"
#include "tests/integration/invariants.h"
#include "tests/integration/pass_process.h"
#include "tests/integration/scenario.h"

// `hold` and `release` are cut at each of their requests. The same command, given again, finishes;
// and what is held by one mark only is held.

namespace job {
namespace {

using testing::IsEmpty;

constexpr const char* kName = "backup-20250101-020000";
using ToOutcome = Outcome<std::string> (*)(Session&);

template <ToOutcome command>
PassResult asPass(Session& session) {
  PassResult result;
  if (const auto done = command(session); !done) {
    result.exit_code = done.error().code;
    result.reason = done.error().message;
  }
  return result;
}
constexpr auto kHold = asPass<holdBackup>;
constexpr auto kRelease = asPass<releaseBackup>;

/// The oldest of more good backups than maxSnapshots, of a data and a WAL snapshot: the next pass
/// would delete it.
struct Cluster {
  explicit Cluster(bool held) {
    scenario.prepare(world);
    sim::TestWorld& there = world;
    there.add(sim::aBackup(kName).ours().withWal());
    if (held) run(kHold);
  }
  std::optional<PassResult> run(PassResult (*command)(Session&), Fault fault = Fault::kNone,
                                int request = -1, std::size_t* requests = nullptr) {
    PassProcess process(world, "the-run");
    process.settings.backup_name = kName;
    process.wire().plan(fault, {request, 0});
    auto result = process.run(command);
    if (requests != nullptr) *requests = process.wire().asked().size();
    return result;
  }
  static bool isHeld(json::Value object) {
    return !object["metadata"]["annotations"][kHoldAnnotation].isNull();
  }
  int marks() {
    int count = isHeld(world.backup(kName)) ? 1 : 0;
    for (const char* member : {"", "-wal"}) {
      if (isHeld(world.snapshot(std::string(kName) + member))) ++count;
    }
    return count;
  }

  Scenario scenario = nothingToPrune();
  sim::TestWorld world{scenario.options};
};

std::vector<std::string> cut(bool hold, Fault fault, int request) {
  Cluster cluster(!hold);
  const auto command = hold ? kHold : kRelease;
  std::vector<std::string> broken;
  cluster.run(command, fault, request);
  cluster.world.advance(std::chrono::minutes(1));  // a killed one's Lease lapses
  const auto again = cluster.run(command);
  if (!again || again->exit_code != ExitCode::kDone) {
    broken.push_back("the one after it: " + (again ? again->reason : std::string("killed")));
  }
  const int wanted = hold ? 3 : 0;
  if (cluster.marks() != wanted) {
    broken.push_back(std::to_string(cluster.marks()) + " objects are marked");
  }
  for (const std::string& held : heldLease(cluster.world)) broken.push_back(held);
  return broken;
}

TEST(HoldFaultsTest, OneThatIsCutAnywhereIsFinishedByTheSameCommandGivenAgain) {
  for (const bool hold : {true, false}) {
    std::size_t requests = 0;
    const auto undisturbed =
        Cluster(!hold).run(hold ? kHold : kRelease, Fault::kNone, -1, &requests);
    ASSERT_TRUE(undisturbed && undisturbed->exit_code == ExitCode::kDone);
    ASSERT_GT(requests, 6U);
    for (std::size_t request = 0; request < requests; ++request) {
      for (const Fault fault : {Fault::kKillBefore, Fault::kKillAfter, Fault::kStopBefore,
                                Fault::kStopAfter, Fault::kRevoked, Fault::kConflict}) {
        EXPECT_THAT(cut(hold, fault, static_cast<int>(request)), IsEmpty())
            << (hold ? "hold" : "release") << ", fault " << static_cast<int>(fault) << " at "
            << request;
      }
    }
  }
}

TEST(HoldFaultsTest, ABackupThatIsHalfHeldOutlivesThePassesAfterIt) {
  std::size_t requests = 0;
  Cluster(false).run(kHold, Fault::kNone, -1, &requests);
  bool half = false;
  for (std::size_t request = 0; request < requests; ++request) {
    Cluster cluster(false);
    cluster.run(kHold, Fault::kKillAfter, static_cast<int>(request));
    if (cluster.marks() == 0) continue;
    half = half || cluster.marks() < 3;
    for (int night = 0; night < cluster.scenario.max() + 1; ++night) {
      cluster.world.advance(std::chrono::hours(24));
      PassProcess pass(cluster.world, "night-" + std::to_string(night));
      pass.run();
    }
    EXPECT_FALSE(cluster.world.snapshot(kName).isNull()) << "after " << request;
  }
  EXPECT_TRUE(half);
}

}  // namespace
}  // namespace job
