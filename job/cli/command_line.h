#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "job/cli/flag_table.h"

namespace job {

/// A command line taken apart, before any value is judged.
struct CommandLine {
  struct GivenFlag {
    const Flag* flag;
    std::string value;
  };
  std::vector<GivenFlag> flags;    // in the order given
  std::vector<std::string> words;  // what is no flag: the command and its arguments
  bool wants_version = false;      // --version
};

/// --help and -h are the caller's. Flags stand before or after words, as --flag value,
/// --flag=value, -n value, -nvalue; -- ends them. A value that begins with a dash (and is no
/// negative number) has to be joined by =, lest the next flag is taken for the value of one that
/// lacks it. The error is one line.
tl::expected<CommandLine, std::string> readCommandLine(const std::vector<std::string>& arguments);

}  // namespace job
