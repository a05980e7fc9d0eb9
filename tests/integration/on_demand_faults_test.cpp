#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "job/model/names.h"
#include "job/pass/back_up.h"
#include "tests/integration/invariants.h"
#include "tests/integration/pass_process.h"
#include "tests/integration/scenario.h"

// A db-backup is killed at each of its requests, before and after the server acted. The same run
// goes on with its Backup; another makes one of its own; no good backup is lost.

namespace job {
namespace {

using testing::IsEmpty;

struct Variant {
  const char* name;
  std::function<void(Settings&)> set;
};
const std::vector<Variant>& variants() {
  static const std::vector<Variant> all = {
      {"hold", [](Settings& settings) { settings.hold = true; }},
      {"name", [](Settings& settings) { settings.backup_name = "before-upgrade"; }},
      {"online", [](Settings& settings) { settings.online = true; }},
      {"no-wait", [](Settings& settings) { settings.no_wait = true; }},
  };
  return all;
}

void append(std::vector<std::string>& all, const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// Of this run there is at most one Backup; exactly one with `made`. Nothing fails here, so
/// whatever it is worth (an online one is not certified) it counts.
std::vector<std::string> notOne(sim::World& world, const std::string& run, bool made) {
  int count = 0;
  for (const auto& [name, backup] : seenBackups(world)) {
    if (backup.run == run) ++count;
  }
  if (count == 1 || (count == 0 && !made)) return {};
  return {"run " + run + " has " + std::to_string(count) + " Backups"};
}

std::optional<PassResult> backUp(PassProcess& process, const Variant& variant) {
  process.settings.command = Command::kBackup;
  variant.set(process.settings);
  return process.run(backUpNow);
}

std::size_t requestsOf(const Variant& variant) {
  const Scenario scenario = nothingToPrune();
  sim::TestWorld world(scenario.options);
  scenario.prepare(world);
  PassProcess undisturbed(world, "the-run");
  const auto result = backUp(undisturbed, variant);
  EXPECT_TRUE(result && result->exit_code == ExitCode::kDone) << variant.name;
  return undisturbed.wire().asked().size();
}

std::vector<std::string> killed(const Variant& variant, Fault fault, int request, bool same_run) {
  const Scenario scenario = nothingToPrune();
  sim::TestWorld world(scenario.options);
  scenario.prepare(world);
  const auto known = seenBackups(world);
  std::vector<std::string> broken;
  PassProcess first(world, "the-run");
  first.wire().plan(fault, {request, 0});
  if (backUp(first, variant)) broken.emplace_back("the killed one has a result");
  append(broken, notOne(world, "the-run", false));

  world.advance(std::chrono::minutes(1));
  const std::string run = same_run ? "the-run" : "another-run";
  const bool taken =
      !same_run && variant.name == std::string("name") && !world.backup("before-upgrade").isNull();
  PassProcess second(world, run);
  const auto result = backUp(second, variant);
  const ExitCode wanted = taken ? ExitCode::kRefused : ExitCode::kDone;
  if (!result || result->exit_code != wanted) {
    broken.push_back("the one after it: " + (result ? result->reason : std::string("killed")));
  }
  world.advance(std::chrono::minutes(2));  // what was not waited for ends
  append(broken, notOne(world, "the-run", same_run));
  append(broken, notOne(world, run, !taken));
  append(broken, lostCopies(world, known, scenario.max()));
  append(broken, needlessFence(world));
  if (!taken) append(broken, heldLease(world));
  return broken;
}

TEST(OnDemandFaultsTest, OneKilledAnywhereIsGoneOnWithByItsRunAndByNoOther) {
  for (const Variant& variant : variants()) {
    const std::size_t requests = requestsOf(variant);
    ASSERT_GT(requests, 10U);
    for (std::size_t request = 0; request < requests; ++request) {
      for (const Fault fault : {Fault::kKillBefore, Fault::kKillAfter}) {
        for (const bool same_run : {true, false}) {
          EXPECT_THAT(killed(variant, fault, static_cast<int>(request), same_run), IsEmpty())
              << variant.name << (fault == Fault::kKillBefore ? " before " : " after ") << request
              << (same_run ? ", same run" : ", another run");
        }
      }
    }
  }
}

}  // namespace
}  // namespace job
