#pragma once

#include <string>
#include <vector>

#include "tests/matrix/cell_run.h"

namespace matrix {

/// What a cell shows: "75→0", the exit codes of the faulted pass and of its repetition; "FAIL"; "·"
/// when the pass made no such request.
std::string cellText(const CellResult& result);

/// A row for each of `requests`, a column for each fault; cells that were not run are "-".
std::string resultTable(const std::vector<std::string>& requests,
                        const std::vector<CellResult>& results);

}  // namespace matrix
