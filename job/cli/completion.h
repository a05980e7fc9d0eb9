#pragma once

#include <string>
#include <string_view>

namespace job {

/// A script for `shell` (bash, zsh or fish) that completes commands, flags and their values, made
/// from the same tables as the parser and --help. Asks no cluster.
std::string completionScript(std::string_view shell);

/// The manual page, in roff's man macros, from the same tables.
std::string manualPage(std::string_view version);

}  // namespace job
