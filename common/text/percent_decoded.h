#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace text {

/// %41 is A, as in a URL's user and password. Nothing when a % is not followed by two hex digits.
std::optional<std::string> percentDecoded(std::string_view text);

}  // namespace text
