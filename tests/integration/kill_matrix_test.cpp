#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "tests/integration/deletion_guard.h"
#include "tests/integration/fault.h"
#include "tests/integration/invariants.h"
#include "tests/integration/pass_process.h"
#include "tests/integration/scenario.h"

// docs/safety.md in virtual time: a pass is cut short or disturbed at each of its requests in each
// way, another finishes, and then what must hold does.

namespace job {
namespace {

using testing::IsEmpty;

/// Who comes after the disturbed pass, and when.
struct Follower {
  std::string name;
  std::string run;
  std::chrono::seconds after;
  bool same_run;
};
const Follower kRetry{"the same run 10 s later", "the-run", std::chrono::seconds(10), true};
const Follower kSoon{"another run 1 min later", "next-run", std::chrono::minutes(1), false};
const Follower kNextNight{"the next night", "next-run", std::chrono::hours(24), false};

std::string codeOf(const std::optional<PassResult>& result) {
  return result ? std::to_string(static_cast<int>(result->exit_code)) : "-";
}

void append(std::vector<std::string>& all, const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// One cell: what came of it.
struct Cell {
  std::string codes;
  std::vector<std::string> broken;
};

Cell disturb(const Scenario& scenario, const FaultKind& kind, Moment moment,
             const Follower& follower) {
  sim::TestWorld world(scenario.options);
  scenario.prepare(world);
  writeTrueStatus(world, world.clock().now());
  const auto known = seenBackups(world);
  DeletionGuard guard(world, scenario.max());
  Cell cell;

  PassProcess first(world, "the-run");
  first.wire().plan(kind.fault, moment);
  const auto disturbed = first.run();
  const timing::Instant ended = world.clock().now();
  if (!first.wire().struck()) cell.broken.emplace_back("the fault did not strike");
  if (kind.exit_codes.empty()) {
    if (disturbed) cell.broken.emplace_back("the killed pass has a result");
  } else {
    const int code = disturbed ? static_cast<int>(disturbed->exit_code) : -1;
    if (std::find(kind.exit_codes.begin(), kind.exit_codes.end(), code) == kind.exit_codes.end())
      cell.broken.push_back("exit code " + codeOf(disturbed) +
                            " does not fit: " + (disturbed ? disturbed->reason : ""));
  }
  if (disturbed) append(cell.broken, wrongResult(world, *disturbed));
  append(cell.broken, goneButOffered(world));
  append(cell.broken, lostCopies(world, known, scenario.max()));
  append(cell.broken, notOneBackup(world, "the-run", false));
  // Whoever ends by itself gives the Lease back, if it can reach the server.
  const bool mute = kind.fault == Fault::kRevoked || kind.fault == Fault::kPartition || !disturbed;
  if (!mute) append(cell.broken, heldLease(world));
  if (disturbed && disturbed->exit_code == ExitCode::kDone) {
    append(cell.broken, untrueStatus(world, ended));
    append(cell.broken, needlessFence(world));
  }

  world.advance(follower.after);
  PassProcess second(world, follower.run);
  const auto finished = second.run();
  const timing::Instant written = world.clock().now();
  if (codeOf(finished) != "0")
    cell.broken.push_back("the pass after it ended with " + codeOf(finished) + ": " +
                          (finished ? finished->reason : ""));
  if (finished) append(cell.broken, wrongResult(world, *finished));
  world.advance(std::chrono::minutes(1));  // snapshots go asynchronously
  append(cell.broken, notOneBackup(world, "the-run", follower.same_run));
  append(cell.broken, notOneBackup(world, follower.run, true));
  append(cell.broken, lostCopies(world, known, scenario.max()));
  append(cell.broken, heldLease(world));
  append(cell.broken, needlessFence(world));
  append(cell.broken, untrueStatus(world, written));
  append(cell.broken, guard.violations());
  // What should have gone has: nothing piles up.
  int good = 0;
  for (const auto& [name, backup] : seenBackups(world)) {
    if (backup.good) ++good;
    if (!backup.good) cell.broken.push_back(name + " is left, though it is not good");
  }
  if (good > scenario.max())
    cell.broken.push_back("there are " + std::to_string(good) + " good backups");
  cell.codes = codeOf(disturbed) + "/" + codeOf(finished);
  return cell;
}

/// "GET ../volumesnapshots/backup-1": the end of the path is what tells.
std::string shortened(const FaultyTransport::Asked& asked) {
  std::string path = asked.what.substr(0, asked.what.find('?'));
  const auto verb = path.find(' ');
  std::string rest = path.substr(verb + 1);
  const auto name_space = rest.find("/namespaces/noobaa/");
  if (name_space != std::string::npos) rest = rest.substr(name_space + 19);
  return (asked.watch ? "WATCH" : path.substr(0, verb)) + " " + rest;
}

class Table {
 public:
  explicit Table(const std::string& title) {
    out_ << title << "\n" << pad("request", kFirst);
    for (const FaultKind& kind : faultKinds()) out_ << pad(std::string(kind.name), kOther);
    out_ << "\n";
  }
  void row(const std::string& name) { out_ << pad(name, kFirst); }
  void cell(const std::string& text) { out_ << pad(text, kOther); }
  void endRow() { out_ << "\n"; }
  void print() const {
    std::cout << out_.str() << std::endl;
    if (const char* file = std::getenv("NDB_MATRIX_FILE"))
      std::ofstream(file, std::ios::app) << out_.str() << "\n";
  }

 private:
  static constexpr std::size_t kFirst = 62;
  static constexpr std::size_t kOther = 7;
  static std::string pad(std::string text, std::size_t width) {
    if (text.size() >= width) text.resize(width - 1);
    text.resize(width, ' ');
    return text;
  }
  std::ostringstream out_;
};

std::vector<FaultyTransport::Asked> requestsOf(const Scenario& scenario) {
  sim::TestWorld world(scenario.options);
  scenario.prepare(world);
  writeTrueStatus(world, world.clock().now());
  PassProcess undisturbed(world, "the-run");
  const auto result = undisturbed.run();
  EXPECT_TRUE(result && result->exit_code == ExitCode::kDone);
  return undisturbed.wire().asked();
}

/// In the middle of a watch only its connection, and the process, are there to be disturbed.
bool isOfTheMiddle(Fault fault) {
  switch (fault) {
    case Fault::kDropAfter:
    case Fault::kStall:
    case Fault::kTruncated:
    case Fault::kKillAfter:
    case Fault::kStopAfter:
      return true;
    default:
      return false;
  }
}

/// The operator's steps are further apart.
constexpr int kSecondsApart = 2;

void expectSafe(const Scenario& scenario, const Follower& follower) {
  Table table(scenario.name + ", then " + follower.name);
  const auto requests = requestsOf(scenario);
  ASSERT_GT(requests.size(), 15U);
  for (std::size_t request = 0; request < requests.size(); ++request) {
    const auto& asked = requests[request];
    const int seconds = asked.watch ? asked.seconds : 0;
    for (int second = 0; second <= seconds; second += kSecondsApart) {
      const std::string name = std::to_string(request) + " " + shortened(asked) +
                               (second > 0 ? " +" + std::to_string(second) + " s" : "");
      table.row(name);
      for (const FaultKind& kind : faultKinds()) {
        const bool wanted = (second == 0 || isOfTheMiddle(kind.fault)) &&
                            (follower.same_run || kind.leaves_something);
        if (!wanted) {
          table.cell("");
          continue;
        }
        const Cell cell = disturb(scenario, kind, {static_cast<int>(request), second}, follower);
        table.cell(cell.codes + (cell.broken.empty() ? "" : "!"));
        EXPECT_THAT(cell.broken, IsEmpty()) << kind.name << " at " << name;
      }
      table.endRow();
    }
  }
  table.print();
}

TEST(KillMatrixTest, APassThatPrunesIsFinishedByARetry) {
  expectSafe(pruning(), kRetry);
}
TEST(KillMatrixTest, APassThatPrunesIsFinishedByTheNextNights) {
  expectSafe(pruning(), kNextNight);
}
TEST(KillMatrixTest, APassWithNothingToPruneIsFinishedByARetry) {
  expectSafe(nothingToPrune(), kRetry);
}
TEST(KillMatrixTest, APassWithNothingToPruneIsFinishedByAnother) {
  expectSafe(nothingToPrune(), kSoon);
}
TEST(KillMatrixTest, APassThatAdoptsIsFinishedByARetry) {
  expectSafe(adopting(), kRetry);
}

}  // namespace
}  // namespace job
