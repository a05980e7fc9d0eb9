#pragma once

#include <map>
#include <string>
#include <string_view>

namespace job {

/// A terminal's colours, by their numbers in ECMA-48 (SGR).
enum class Colour { kNone = 0, kRed = 31, kGreen = 32, kYellow = 33, kCyan = 36 };

/// Takes no more columns than the text alone.
std::string painted(std::string_view text, Colour colour);

/// On a terminal that has colours, unless NO_COLOR is set and not empty (no-color.org).
bool wantsColours(bool is_terminal, const std::map<std::string, std::string>& environment);

}  // namespace job
