#pragma once

#include <iosfwd>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace job {

/// The world around the program, so that it runs in a test as it does in main.
struct ProgramWorld {
  std::vector<std::string> arguments;  // without argv[0]
  std::map<std::string, std::string> environment;
  std::ostream& out;  // results
  std::ostream& err;  // usage errors; logs go to the process's stderr
  std::stop_token stop;
  std::string termination_log;  // a file; left alone where it is not there to be written
};

/// Builds what a command needs, runs it, prints its result. Returns the exit code.
int runProgram(ProgramWorld& world);

}  // namespace job
