#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "common/k8s/transport/interruption.h"

namespace k8s {

/// A program to run without a shell.
struct Program {
  /// A bare name is looked up in the environment's PATH, of which only absolute folders count: as
  /// with Go, nothing is run from the folder we happen to be in.
  std::string path;
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;  // the whole of it
  std::chrono::seconds time_limit{60};
  std::size_t output_limit = std::size_t{1} << 20;
};

struct ProgramFailure {
  enum class Kind {
    kNotFound,  ///< there is no such program, or it is not executable
    kFailed,    ///< it ended otherwise than with 0
    kTimedOut,  ///< its time limit, or the deadline
    kStopped,
    kTooLong  ///< it wrote more than output_limit
  };
  Kind kind;
  std::string message;  // for people, after its name: "exited with 3"; nothing of its output
};

/// What it wrote to stdout until it exited with 0. Its stdin is empty, its stderr ours; it inherits
/// no other descriptor and no signal setting. It is killed, with all it started, at the limits, the
/// deadline and a stop; whatever it leaves running after its own end is left alone, even if that
/// holds on to stdout.
tl::expected<std::string, ProgramFailure> outputOf(const Program& program,
                                                   const Interruption& interruption);

}  // namespace k8s
