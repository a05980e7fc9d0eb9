#include "tests/matrix/cell_plan.h"

#include <algorithm>

namespace matrix {

std::vector<Cell> allCells(int requests) {
  std::vector<Cell> cells;
  for (int request = 1; request <= requests; ++request) {
    for (const Fault fault : kFaults) cells.push_back({request, fault});
  }
  return cells;
}

std::vector<Cell> sliceOfCells(int requests) {
  std::vector<Cell> cells;
  const int count = std::max(requests, static_cast<int>(kFaults.size()));
  for (int i = 0; requests > 0 && i < count; ++i) {
    cells.push_back({i % requests + 1, kFaults[static_cast<std::size_t>(i) % kFaults.size()]});
  }
  return cells;
}

}  // namespace matrix
