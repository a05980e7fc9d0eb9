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
  std::string path;  // a bare name is looked up in the environment's PATH
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;  // the whole of it
  std::chrono::seconds time_limit{60};
  std::size_t output_limit = std::size_t{1} << 20;
};

struct ProgramFailure {
  enum class Kind { kNotFound, kFailed, kTimedOut, kStopped, kTooLong };
  Kind kind;
  std::string message;  // for people: "exited with 3"; nothing of its output
};

/// What it wrote to stdout once it exited with 0. Its stdin is empty, its stderr ours. It is
/// killed, with all it started, at the limits, the deadline and a stop.
tl::expected<std::string, ProgramFailure> outputOf(const Program& program,
                                                   const Interruption& interruption);

}  // namespace k8s
