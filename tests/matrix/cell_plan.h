#pragma once

#include <vector>

#include "tests/matrix/fault_proxy.h"

namespace matrix {

/// Every request with every fault.
std::vector<Cell> allCells(int requests);
/// Every request once, the faults in turn, so that each fault occurs.
std::vector<Cell> sliceOfCells(int requests);

}  // namespace matrix
