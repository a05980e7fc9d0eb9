#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "job/cli/settings.h"

namespace job {

/// Reads the command line (without argv[0]) and the environment. Every value is judged as far as
/// can be without a cluster: schedules and times parse, names are names. The error is one line that
/// names the flag or variable, its value and what is accepted: exit 2.
tl::expected<Settings, std::string> readSettings(
    const std::vector<std::string>& arguments,
    const std::map<std::string, std::string>& environment);

/// The text of --help: of the program, or of one command ("" is the program). Ends in a line end.
std::string helpText(const std::string& topic);

/// "run", "db-backup-status"...
std::string_view toString(Command command);

}  // namespace job
