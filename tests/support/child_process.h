#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace testing_support {

/// A folder of its own, gone with everything in it at destruction.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::string path(const std::string& name) const { return folder_ / name; }
  /// Writes a file and returns its path.
  std::string put(const std::string& name, const std::string& content) const;

 private:
  std::filesystem::path folder_;
};

/// A program that was started, with nothing in its environment but what is given, and what it
/// printed once it has ended. Killed at destruction when it still runs.
class ChildProcess {
 public:
  struct End {
    int exit_code = 0;  // 128 + the signal's number when a signal ended it
    std::string out;
    std::string err;
  };

  /// Aborts the test program when it can't be started. `folder` outlives this.
  ChildProcess(const ScratchFolder& folder, const std::string& program,
               const std::vector<std::string>& arguments,
               const std::map<std::string, std::string>& environment);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void signal(int number) const;
  /// True when it ended within `patience`.
  bool endsWithin(std::chrono::milliseconds patience);
  /// Waits for its end; killed (exit code 137) when it takes minutes.
  End wait();

 private:
  std::string out_path_;
  std::string err_path_;
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
};

}  // namespace testing_support
