#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace job {

/// Puts `text` into the file at `path`, new or in place of what it held, for all to read; whole at
/// any moment, whoever reads it and wherever this is cut short. A symbolic link stays one: the file
/// it leads to is replaced. What exists and is no regular file is left alone. What went wrong, for
/// people; empty: nothing.
std::optional<std::string> replaceFile(const std::string& path, std::string_view text);

}  // namespace job
