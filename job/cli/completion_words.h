#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "job/cli/flag_table.h"

namespace job {

/// What the completion scripts have in common.

/// The values that `command` takes for the flag; none where any text will do.
std::vector<std::string_view> offersOf(const Flag& flag, const CommandInfo& command);
/// The same for the command's argument.
std::vector<std::string_view> offersOf(const CommandInfo& command);

/// "-n", "--namespace": as they are typed.
std::vector<std::string> formsOf(const Flag& flag);
/// Of all flags that take a value: what follows one is no command.
std::vector<std::string> formsWithValue();

/// What is said beside a flag: the first sentence of its help, without the full stop.
std::string_view gistOf(const Flag& flag);

/// 'it'\''s' for POSIX shells and fish.
std::string shellQuoted(std::string_view text);

}  // namespace job
