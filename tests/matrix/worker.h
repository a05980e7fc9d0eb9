#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tests/support/child_process.h"

namespace matrix {

/// The executable under test as a child process, which another thread may signal while it is waited
/// for.
class Worker {
 public:
  using End = testing_support::ChildProcess::End;

  /// `folder` outlives this.
  Worker(const testing_support::ScratchFolder& folder, std::string program)
      : folder_(folder), program_(std::move(program)) {}

  /// Runs it to its end, which a stop of the whole matrix brings about at once.
  End run(const std::vector<std::string>& arguments);
  /// Nothing happens when it has ended.
  void signal(int number);

 private:
  const testing_support::ScratchFolder& folder_;
  std::string program_;
  std::mutex mutex_;
  std::unique_ptr<testing_support::ChildProcess> child_;
};

}  // namespace matrix
