#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/matrix/api.h"
#include "tests/matrix/cell_plan.h"
#include "tests/matrix/fault_proxy.h"
#include "tests/matrix/installation.h"
#include "tests/matrix/worker.h"
#include "tests/support/child_process.h"

namespace matrix {

/// What came of a cell.
struct CellResult {
  Cell cell;
  std::string request;  // what the fault was to strike
  bool struck = false;  // false: the pass made no such request
  int first = 0;        // exit codes
  int second = 0;
  std::vector<std::string> broken;  // what did not hold
  std::string log;                  // of both passes

  bool isBroken() const { return !broken.empty(); }
};

/// Passes of the executable on one lane, each through a fault proxy.
class LaneRunner {
 public:
  LaneRunner(Lane& lane, std::string worker, std::string log_level);

  /// Undisturbed passes until one prunes, as all that follow will. Returns its
  /// requests. Throws std::runtime_error with the worker's log when one is not completed.
  std::vector<std::string> untilOnePrunes();
  /// A pass with the fault, the same once more without, and a look at the cluster after each.
  /// `requests` are those of an undisturbed pass.
  CellResult run(const Cell& cell, const std::vector<std::string>& requests);

 private:
  Worker::End pass(const std::string& run, const std::optional<Strike>& strike);

  std::vector<std::string> undisturbed();

  Lane& lane_;
  const Installation& installation_;
  std::string log_level_;
  testing_support::ScratchFolder folder_;
  Worker worker_;
  FaultProxy proxy_;
  std::string kubeconfig_;
  Api api_;
  int runs_ = 0;
};

}  // namespace matrix
