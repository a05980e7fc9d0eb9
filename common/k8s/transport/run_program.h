#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "common/k8s/transport/interruption.h"
#include "common/time/clock.h"

namespace k8s {

/// A program to run without a shell.
struct Program {
  /// A bare name is looked up in search_path, of which only absolute folders count: as with Go,
  /// nothing is run from the folder we happen to be in.
  std::string path;
  std::string search_path;  // as PATH; ours, whatever the program's own is to be
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;  // the whole of it
  std::chrono::seconds time_limit{60};
  std::size_t output_limit = std::size_t{1} << 20;
  bool shows_stderr = false;  // on ours; else what it writes there is dropped
};

struct ProgramFailure {
  enum class Kind {
    kNotFound,  ///< there is no such program, or it is not executable
    kFailed,    ///< it ended otherwise than with 0
    kTimedOut,  ///< its time limit
    kTooLong    ///< it wrote more than output_limit
  };
  Kind kind;
  std::string message;  // for people, after its name: "exited with 3"; nothing of its output
};

/// A program under way, in a process group of its own. Its stdin is empty; it
/// inherits no other descriptor and no signal setting. It is killed, with all it started, at its
/// limits and at destruction; whatever it leaves running after its own end is left alone, even if
/// that holds on to stdout.
class RunningProgram {
 public:
  static tl::expected<RunningProgram, ProgramFailure> start(const Program& program,
                                                            const timing::Clock& clock);
  RunningProgram(RunningProgram&&) noexcept;
  RunningProgram& operator=(RunningProgram&&) noexcept;
  ~RunningProgram();

  /// What it wrote to stdout until it exited with 0. Nothing when the interruption came first: it
  /// runs on, and may be waited for again. After a failure it is not.
  tl::expected<std::optional<std::string>, ProgramFailure> output(const Interruption& interruption);

 private:
  struct Process;
  explicit RunningProgram(std::unique_ptr<Process> process);

  std::unique_ptr<Process> process_;
};

}  // namespace k8s
