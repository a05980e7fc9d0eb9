#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "tests/matrix/matrix_run.h"
#include "tests/matrix/real_lane.h"
#include "tests/matrix/result_table.h"
#include "tests/matrix/settings.h"
#include "tests/matrix/simulated_lane.h"
#include "tests/matrix/stop.h"

// The kill matrix of the worker's executable: docs/safety.md.

namespace {

using matrix::CellResult;

void tellOfFailure(const CellResult& cell) {
  const std::string fault(nameOf(cell.cell.fault));
  std::printf("\n=== FAIL: request %d (%s), %s; replay with --only %d:%s\n", cell.cell.request,
              cell.request.c_str(), fault.c_str(), cell.cell.request, fault.c_str());
  for (const std::string& broken : cell.broken) std::printf("%s\n", broken.c_str());
  std::printf("%s", cell.log.c_str());
}

/// Returns the exit code.
int report(const matrix::Settings& settings, const matrix::MatrixResult& result) {
  const auto failed = std::count_if(result.cells.begin(), result.cells.end(),
                                    [](const CellResult& cell) { return cell.isBroken(); });
  for (const CellResult& cell : result.cells) {
    if (cell.isBroken()) {
      tellOfFailure(cell);
    } else if (settings.only) {
      std::printf("%s", cell.log.c_str());
    }
  }
  const std::string table = resultTable(result.requests, result.cells);
  std::printf("\n%s\n%zu cells, %td failed\n", table.c_str(), result.cells.size(), failed);
  if (!settings.table_file.empty()) std::ofstream(settings.table_file) << table;
  return failed == 0 && result.cells.size() == result.planned ? 0 : 1;
}

int run(const matrix::Settings& settings) {
  if (settings.kubeconfig.empty()) {
    return report(settings,
                  matrix::runMatrix(settings, [](int) { return matrix::makeSimulatedLane(); }));
  }
  const matrix::RealCluster cluster(settings.kubeconfig);
  return report(settings,
                matrix::runMatrix(settings, [&](int number) { return cluster.makeLane(number); }));
}

}  // namespace

int main(int argc, char** argv) {
  const auto settings = matrix::parseSettings({argv + 1, argv + argc});
  if (!settings) {
    std::fprintf(stderr, "kill-matrix: %s\n%s", settings.error().c_str(), matrix::kUsage);
    return 2;
  }
  matrix::stopOnSignals();
  try {
    return run(*settings);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "kill-matrix: %s\n", error.what());
    return 1;
  }
}
