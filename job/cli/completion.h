#pragma once

#include <string>
#include <string_view>

namespace job {

/// A script for `shell` (bash, zsh or fish) that completes commands, flags and their values, made
/// from the same tables as the parser and --help. It runs nothing and asks no cluster: names of
/// backups are not completed.
std::string completionScript(std::string_view shell);

/// One a shell.
std::string bashCompletion();
std::string zshCompletion();
std::string fishCompletion();

}  // namespace job
