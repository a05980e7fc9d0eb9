#include <unistd.h>
#include <exception>
#include <iostream>
#include <string>

#include "job/failure.h"
#include "job/program/program.h"
#include "job/program/stop_signal.h"

int main(int argc, char** argv) {
  const job::StopSignal stop;
  job::ProgramWorld world{.arguments = {argv + 1, argv + argc},
                          .environment = {},
                          .out = std::cout,
                          .err = std::cerr,
                          .stop = stop.token(),
                          .termination_log = "/dev/termination-log"};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (const auto equals = text.find('='); equals != std::string::npos) {
      world.environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  try {
    return job::runProgram(world);
  } catch (const std::exception& bug) {
    std::cerr << "noobaa-db-backup: unexpected error, please report it: " << bug.what()
              << std::endl;
    return static_cast<int>(job::ExitCode::kBug);
  }
}
