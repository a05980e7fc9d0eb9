#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/matrix/cell_run.h"
#include "tests/matrix/settings.h"

namespace matrix {

/// Called from several threads.
using LaneMaker = std::function<std::unique_ptr<Lane>(int number)>;

struct MatrixResult {
  std::vector<std::string> requests;  // of an undisturbed pass
  std::vector<CellResult> cells;      // those that were run
  std::size_t planned = 0;
};

/// Makes the lanes, measures an undisturbed pass that prunes, and runs the cells, as many at a time
/// as there are lanes, with a line on stdout for each. Throws std::runtime_error when there is
/// nothing to measure.
MatrixResult runMatrix(const Settings& settings, const LaneMaker& make_lane);

}  // namespace matrix
