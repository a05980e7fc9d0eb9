#pragma once

#include <vector>

#include "tests/matrix/fault.h"

namespace matrix {

/// One cell of the matrix: a request of the undisturbed pass, counted from 1, and a fault.
struct Cell {
  int request = 0;
  Fault fault{};
  friend bool operator==(const Cell&, const Cell&) = default;
};

/// Every request with every fault.
std::vector<Cell> allCells(int requests);
/// Every request once, the faults in turn, so that each fault occurs.
std::vector<Cell> sliceOfCells(int requests);

}  // namespace matrix
