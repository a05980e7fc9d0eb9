#include "tests/matrix/matrix_run.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <future>
#include <mutex>
#include <stdexcept>

#include "tests/matrix/cell_plan.h"
#include "tests/matrix/result_table.h"
#include "tests/matrix/stop.h"

namespace matrix {
namespace {

/// A lane and who runs passes on it, in the order that one needs the other.
struct ReadyLane {
  std::unique_ptr<Lane> lane;
  std::unique_ptr<LaneRunner> runner;
  std::vector<std::string> requests;  // of an undisturbed pass
};

/// A Lease is renewed as often as the wait for the backup takes: one of these stands for all, so
/// that the numbers of the others stay.
std::vector<std::string> withOneRenewal(std::vector<std::string> requests) {
  const auto is_another = [](const std::string& one, const std::string& next) {
    return one == next && one.starts_with("PUT leases/");
  };
  requests.erase(std::unique(requests.begin(), requests.end(), is_another), requests.end());
  return requests;
}

CellResult runOrTell(LaneRunner& runner, const Cell& cell,
                     const std::vector<std::string>& requests) {
  try {
    return runner.run(cell, requests);
  } catch (const std::exception& error) {
    return {.cell = cell,
            .request = requests[static_cast<std::size_t>(cell.request) - 1],
            .broken = {error.what()}};
  }
}

ReadyLane prepare(const Settings& settings, const LaneMaker& make_lane, int number) {
  ReadyLane ready;
  ready.lane = make_lane(number);
  ready.runner =
      std::make_unique<LaneRunner>(*ready.lane, settings.worker, settings.only ? "debug" : "info");
  ready.requests = withOneRenewal(ready.runner->untilOnePrunes());
  return ready;
}

std::vector<ReadyLane> prepareAll(const Settings& settings, const LaneMaker& make_lane) {
  std::vector<std::future<ReadyLane>> futures;
  for (int number = 1; number <= settings.lanes; ++number) {
    futures.push_back(
        std::async(std::launch::async, prepare, std::cref(settings), std::cref(make_lane), number));
  }
  std::vector<ReadyLane> lanes;
  std::exception_ptr failure;
  for (auto& future : futures) {
    try {
      lanes.push_back(future.get());
    } catch (const std::exception&) {
      failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
  return lanes;
}

std::vector<Cell> planOf(const Settings& settings, int requests) {
  if (settings.only && settings.only->request > requests) {
    throw std::runtime_error("--only: a pass makes " + std::to_string(requests) + " requests");
  }
  if (settings.only) return {*settings.only};
  return settings.all ? allCells(requests) : sliceOfCells(requests);
}

void print(const CellResult& result, std::size_t done, std::size_t planned) {
  std::printf("[%zu/%zu] %d:%s %s: %s\n", done, planned, result.cell.request,
              std::string(nameOf(result.cell.fault)).c_str(), result.request.c_str(),
              cellText(result).c_str());
  for (const std::string& broken : result.broken) std::printf("    %s\n", broken.c_str());
  std::fflush(stdout);
}

}  // namespace

MatrixResult runMatrix(const Settings& settings, const LaneMaker& make_lane) {
  const auto began = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  };
  std::vector<ReadyLane> lanes = prepareAll(settings, make_lane);
  MatrixResult result;
  result.requests = lanes.front().requests;
  const auto cells = planOf(settings, static_cast<int>(result.requests.size()));
  result.planned = cells.size();
  std::printf("%d lanes ready after %.0f s; %zu requests a pass, %zu cells\n", settings.lanes,
              seconds(), result.requests.size(), cells.size());
  std::fflush(stdout);

  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::vector<std::future<void>> workers;
  for (ReadyLane& lane : lanes) {
    workers.push_back(std::async(std::launch::async, [&] {
      for (std::size_t i = next++; i < cells.size() && !isStopping(); i = next++) {
        CellResult cell = runOrTell(*lane.runner, cells[i], result.requests);
        const std::lock_guard lock(mutex);
        if (isStopping()) return;
        result.cells.push_back(std::move(cell));
        print(result.cells.back(), result.cells.size(), cells.size());
      }
    }));
  }
  for (auto& worker : workers) worker.get();
  std::printf("%zu of %zu cells after %.0f s\n", result.cells.size(), cells.size(), seconds());
  return result;
}

}  // namespace matrix
